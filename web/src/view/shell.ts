// What surrounds every page: the bank's name, who is signed in, and the journal underneath.

import type { Journal } from '../journal.ts';
import { h, s } from './dom.ts';
import { journalView } from './journal-view.ts';

export class Shell {
  readonly #main = h('main', { id: 'main', tabindex: '-1' });
  readonly #account = h('div', { class: 'who' });
  readonly #footer: HTMLElement;
  readonly #signOut: () => void;

  constructor(root: HTMLElement, journal: Journal, signOut: () => void) {
    this.#signOut = signOut;
    this.#footer = h('footer', { hidden: true }, journalView(journal));
    root.replaceChildren(
      h('header', { class: 'top' }, h('span', { class: 'brand' }, mark(), 'Drawbridge'), this.#account),
      this.#main,
      this.#footer,
    );
  }

  /** What is shown while nothing is known yet. The footer waits, so that it stands still once it is there. */
  showWaiting(): void {
    document.title = 'Drawbridge';
    this.#main.replaceChildren(h('p', { class: 'empty wait', role: 'status' }, 'One moment…'));
  }

  show(title: string, page: HTMLElement, { signedIn = false } = {}): void {
    document.title = `${title} · Drawbridge`;
    this.#footer.hidden = false;
    this.#main.replaceChildren(page);
    this.#account.replaceChildren(...(signedIn ? [h('button', { type: 'button', class: 'sign-out', onclick: () => this.#signOut() }, 'Sign out')] : []));
  }

  /** After a change of page that a person asked for, reading starts at the new page's top. */
  focus(): void {
    this.#main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function mark(): SVGElement {
  return s('svg', { class: 'mark', viewBox: '0 0 28 20', 'aria-hidden': 'true', focusable: 'false' }, s('path', { d: 'M4 18 V4 M24 18 V4 M0 18 H4 M24 18 H28 M4 18 L12 7 M24 18 L16 7' }));
}
