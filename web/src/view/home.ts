// The page of someone who is signed in: accounts, sending, history, and how this session came about.

import type { Account } from '../account.ts';
import type { Session } from '../session.ts';
import { accountsView } from './accounts.ts';
import { h } from './dom.ts';
import type { HistoryView } from './history.ts';
import type { SendCard } from './send-card.ts';

export class HomePage {
  readonly element: HTMLElement;
  readonly #accounts = h('div', { class: 'accounts-place' }, h('p', { class: 'empty' }, 'Loading…'));
  readonly #updated = h('p', { class: 'visually-hidden', role: 'status' });

  constructor(session: Session, send: SendCard, history: HistoryView) {
    this.element = h(
      'div',
      { class: 'home' },
      h('div', { class: 'hello' }, h('h1', {}, greeting(session)), sessionNote(session)),
      section('accounts', 'Accounts', this.#accounts, this.#updated),
      section('send', 'Send money', send.element),
      section('history', 'History', history.element),
    );
  }

  showAccounts(accounts: readonly Account[], { announce = false } = {}): void {
    this.#accounts.replaceChildren(accountsView(accounts));
    if (announce) this.#updated.textContent = 'Balances updated';
  }

  refuse(notice: HTMLElement): void {
    this.#accounts.replaceChildren(notice);
  }
}

function section(id: string, title: string, ...children: Node[]): HTMLElement {
  return h('section', { class: `card ${id}-card`, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...children);
}

function greeting(session: Session): string {
  return `Hello, ${session.person?.name ?? ''}`;
}

// How the bank's session came about, and where its code is.
function sessionNote(session: Session): HTMLElement {
  const viaTenant = session.person?.via === 'tenant';
  if (session.endsAt === undefined) {
    return note('Signed in with Auth0', 'The bank’s own login did not take this sign-in over, so this page reads with the Auth0 access token. It is kept in this tab’s memory only.');
  }
  const until = session.endsAt.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const how = viaTenant
    ? 'The bank’s own login accepted your Auth0 sign-in and answered with an authorization code, the same as it gives for a username and password.'
    : 'The bank’s login answered your username and password with an authorization code.';
  return note(`Bank session open until ${until}`, `${how} It is kept in this tab’s memory only: in no storage and in no cookie. Close or reload the tab and it is forgotten.`);
}

function note(title: string, text: string): HTMLElement {
  return h('details', { class: 'session-note' }, h('summary', {}, title), h('p', {}, text));
}
