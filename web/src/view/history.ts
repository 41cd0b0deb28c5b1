// What moved in and out, newest first, page by page.

import { displayAccountId } from '../account.ts';
import type { LedgerEntry, Statement } from '../api.ts';
import { formatSigned } from '../money.ts';
import { button, h, setToWork } from './dom.ts';
import { whenText } from './when.ts';

export class HistoryView {
  readonly element = h('div', { class: 'history' }, h('p', { class: 'empty' }, 'Loading…'));
  readonly #more: (next: string) => Promise<Statement>;
  readonly #refused: (error: unknown) => HTMLElement;
  readonly #said = h('p', { class: 'visually-hidden', role: 'status' });

  /** more fetches the page that next names; refused says why it could not. */
  constructor(more: (next: string) => Promise<Statement>, refused: (error: unknown) => HTMLElement) {
    this.#more = more;
    this.#refused = refused;
  }

  show({ entries, next }: Statement): void {
    if (entries.length === 0) {
      this.refuse(h('p', { class: 'empty' }, 'Nothing has moved yet.'));
      return;
    }
    this.element.replaceChildren(h('ol', { class: 'entries' }, ...entries.map(row)), this.#said);
    this.#offerMore(next);
  }

  /** Shows the notice in place of the list. */
  refuse(notice: HTMLElement): void {
    this.element.replaceChildren(notice);
  }

  #offerMore(next: string | undefined): void {
    if (next === undefined) return;
    const more = button('Show more', () => void this.#load(next, more), { class: 'more' });
    this.element.append(more);
  }

  async #load(next: string, more: HTMLButtonElement): Promise<void> {
    if (!setToWork(more, 'Loading…')) return;
    const overtaken = () => !this.element.contains(more); // the list has begun anew
    try {
      const statement = await this.#more(next);
      if (!overtaken()) this.#append(statement, more);
    } catch (error) {
      if (!overtaken()) this.refuse(this.#refused(error));
    }
  }

  #append({ entries, next }: Statement, more: HTMLElement): void {
    const rows = entries.map(row);
    this.element.querySelector('.entries')?.append(...rows);
    this.#said.textContent = `${rows.length} more entries`;
    more.remove();
    this.#offerMore(next);
    // The button that was pressed is gone or has moved: the reader goes on at the first new entry.
    rows[0]?.focus();
  }
}

function row(entry: LedgerEntry): HTMLElement {
  const { created_at: at } = entry;
  const incoming = !entry.amount.startsWith('-');
  // Without another party it was cash, or a booking of the bank's.
  const cash = entry.counterparty === undefined;
  const title = cash ? (incoming ? 'Paid in' : 'Paid out') : displayAccountId(entry.counterparty);
  // The other party's number stands in full above; one's own accounts are told apart by their last two digits.
  const own = `${incoming ? 'Received in' : cash ? 'Taken from' : 'Sent from'} … ${entry.account_id.slice(-2)}`;
  const amountClass = incoming ? 'entry-amount incoming' : 'entry-amount';
  const amount = h('span', { class: amountClass }, formatSigned(entry.amount, entry.currency));
  return h(
    'li',
    { tabindex: '-1', 'data-entry': entry.entry_id },
    h('div', { class: 'entry-main' }, h('span', {}, title), amount),
    entry.reference !== undefined && h('p', { class: 'entry-reference', dir: 'auto' }, entry.reference),
    h('div', { class: 'entry-side' }, h('span', {}, own), h('time', { datetime: at }, whenText(at))),
  );
}
