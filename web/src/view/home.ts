// The page of someone who is signed in: accounts, sending, history, and how this session came about.

import type { Account } from '../account.ts';
import type { Session } from '../session.ts';
import { accountsView } from './accounts.ts';
import { h } from './dom.ts';
import type { HistoryView } from './history.ts';
import type { SendCard } from './send-card.ts';
import { SessionNote } from './session-note.ts';

export class HomePage {
  readonly element: HTMLElement;
  readonly history: HistoryView;
  readonly #accounts = h('div', { class: 'accounts-place' }, h('p', { class: 'empty' }, 'Loading…'));
  readonly #updated = h('p', { class: 'visually-hidden', role: 'status' });
  readonly #note: SessionNote;

  constructor(session: Session, send: SendCard, history: HistoryView, reconnect: () => void) {
    this.history = history;
    this.#note = new SessionNote(session, reconnect);
    this.element = h(
      'div',
      { class: 'home' },
      h('div', { class: 'hello' }, h('h1', {}, greeting(session)), this.#note.element),
      section('accounts', 'Accounts', this.#accounts, this.#updated),
      section('send', 'Send money', send.element),
      section('history', 'History', history.element),
    );
  }

  showAccounts(accounts: readonly Account[], { announce = false } = {}): void {
    this.#accounts.replaceChildren(accountsView(accounts));
    this.#note.update();
    if (announce) this.#updated.textContent = 'Balances updated';
  }

  refuse(notice: HTMLElement): void {
    this.#accounts.replaceChildren(notice);
  }
}

function section(id: string, title: string, ...children: Node[]): HTMLElement {
  return h(
    'section',
    { class: `card ${id}-card`, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...children,
  );
}

function greeting(session: Session): string {
  return `Hello, ${session.person?.name ?? ''}`;
}
