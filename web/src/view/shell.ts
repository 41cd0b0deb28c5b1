// What surrounds every page: the bank's name, and the way out.

import { h, s } from './dom.ts';

export class Shell {
  readonly #main = h('main', { id: 'main', tabindex: '-1' });
  readonly #account = h('div', { class: 'who' });
  readonly #signOut: () => void;

  constructor(root: HTMLElement, signOut: () => void) {
    this.#signOut = signOut;
    root.replaceChildren(
      h('header', { class: 'top' }, h('span', { class: 'brand' }, mark(), 'Drawbridge'), this.#account),
      this.#main,
    );
  }

  /** What is shown while nothing is known yet. */
  showWaiting(): void {
    document.title = 'Drawbridge';
    this.#main.replaceChildren(h('p', { class: 'empty wait', role: 'status' }, 'One moment…'));
  }

  show(title: string, page: HTMLElement, { signedIn = false } = {}): void {
    document.title = `${title} · Drawbridge`;
    this.#main.replaceChildren(page);
    this.#account.replaceChildren(
      ...(signedIn
        ? [h('button', { type: 'button', class: 'sign-out', onclick: () => this.#signOut() }, 'Sign out')]
        : []),
    );
  }

  /** After a change of page that a person asked for, reading starts at the new page's top. */
  focus(): void {
    this.#main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function mark(): SVGElement {
  return s(
    'svg',
    { class: 'mark', viewBox: '0 0 28 20', 'aria-hidden': 'true', focusable: 'false' },
    s('path', { d: 'M4 18 V4 M24 18 V4 M0 18 H4 M24 18 H28 M4 18 L12 7 M24 18 L16 7' }),
  );
}
