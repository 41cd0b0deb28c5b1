// What moved in and out, newest first, page by page.

import { displayAccountId } from '../account.ts';
import type { LedgerEntry, Statement } from '../api.ts';
import { formatSigned } from '../money.ts';
import { h } from './dom.ts';

export class HistoryView {
  readonly element = h('div', { class: 'history' }, placeholder());
  readonly #more: () => Promise<void>;
  readonly #said = h('p', { class: 'visually-hidden', role: 'status' });

  /** more fetches the next page and hands it to append. */
  constructor(more: () => Promise<void>) {
    this.#more = more;
  }

  show({ entries, next }: Statement): void {
    if (entries.length === 0) {
      this.element.replaceChildren(h('p', { class: 'empty' }, 'Nothing has moved yet.'));
      return;
    }
    this.element.replaceChildren(h('ol', { class: 'entries' }, ...entries.map(row)), this.#said);
    this.#offerMore(next);
  }

  append({ entries, next }: Statement): void {
    const rows = entries.map(row);
    this.element.querySelector('.entries')?.append(...rows);
    this.#said.textContent = `${rows.length} more entries`;
    this.element.querySelector('.more')?.remove();
    this.#offerMore(next);
    // The button that was pressed is gone or has moved: the reader goes on at the first new entry.
    rows[0]?.focus();
  }

  refuse(notice: HTMLElement): void {
    this.element.replaceChildren(notice);
  }

  #offerMore(next: string | undefined): void {
    if (next === undefined) return;
    const button = h('button', { type: 'button', class: 'more', onclick: () => void this.#load(button) }, 'Show more');
    this.element.append(button);
  }

  async #load(button: HTMLButtonElement): Promise<void> {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Loading…';
    await this.#more();
    button.removeAttribute('aria-disabled');
    button.textContent = 'Show more';
  }
}

function row(entry: LedgerEntry): HTMLElement {
  const incoming = !entry.amount.startsWith('-');
  // Without another party it was cash, or a booking of the bank's.
  const cash = entry.counterparty === undefined;
  const title = cash ? (incoming ? 'Paid in' : 'Paid out') : displayAccountId(entry.counterparty);
  // The other party's number stands in full above; one's own accounts are told apart by their last two digits.
  const own = `${incoming ? 'Received in' : cash ? 'Taken from' : 'Sent from'} … ${entry.account_id.slice(-2)}`;
  const when = new Date(entry.created_at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const amountClass = incoming ? 'entry-amount incoming' : 'entry-amount';
  const amount = h('span', { class: amountClass }, formatSigned(entry.amount, entry.currency));
  return h(
    'li',
    { tabindex: '-1', 'data-entry': entry.entry_id },
    h('div', { class: 'entry-main' }, h('span', {}, title), amount),
    entry.reference !== undefined && h('p', { class: 'entry-reference', dir: 'auto' }, entry.reference),
    h('div', { class: 'entry-side' }, h('span', {}, own), h('time', { datetime: entry.created_at }, when)),
  );
}

function placeholder(): HTMLElement {
  return h('p', { class: 'empty' }, 'Loading…');
}
