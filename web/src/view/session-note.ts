// One line that says how this page is signed in, and behind it where the credential is kept.

import type { Session } from '../session.ts';
import { button, h } from './dom.ts';

export class SessionNote {
  readonly element = h('details', { class: 'session-note' });
  readonly #session: Session;
  readonly #reconnect: () => void;

  constructor(session: Session, reconnect: () => void) {
    this.#session = session;
    this.#reconnect = reconnect;
    this.update();
  }

  update(): void {
    const { title, text, lost } = this.#words();
    const shown = this.element.querySelector('summary')?.textContent;
    if (shown === title) return;
    this.element.replaceChildren(
      h('summary', {}, title),
      h(
        'p',
        {},
        text,
        lost && ' ',
        lost && button('Open a bank session', this.#reconnect, { class: 'link' }),
      ),
    );
  }

  #words(): { title: string; text: string; lost: boolean } {
    const { endsAt, person } = this.#session;
    if (endsAt === undefined) {
      return {
        title: 'Signed in with Auth0, no bank session',
        text:
          'The bank opens a session only for a sign-in that just happened, and forgets it when it lies unused or ' +
          'this page is reloaded. Until then an Auth0 access token reads your accounts, ' +
          'kept in this tab’s memory only.',
        lost: true,
      };
    }
    const until = endsAt.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
    const how =
      person?.via === 'tenant'
        ? 'The bank’s own login accepted your Auth0 sign-in and answered with an authorization code, ' +
          'the same as it gives for a username and password.'
        : 'The bank’s login answered your username and password with an authorization code.';
    return {
      title: person?.via === 'tenant' ? 'Signed in with Auth0, bank session open' : 'Bank session open',
      text:
        `${how} The code is kept in this tab’s memory only, in no storage and in no cookie: close or reload the tab ` +
        `and it is forgotten. It ends at ${until} at the latest, sooner if it lies unused.`,
      lost: false,
    };
  }
}
