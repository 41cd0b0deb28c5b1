// What surrounds every page: the bank's name, and the way out.

import { button, h, s } from './dom.ts';

interface ShellActions {
  signOut(): void;
  /** Shows the page of a path. */
  open(path: string): void;
}

/** The way from one page to the other. */
interface Way {
  readonly name: string;
  readonly path: string;
}

export class Shell {
  readonly #main = h('main', { id: 'main', tabindex: '-1' });
  readonly #account = h('div', { class: 'who' });
  readonly #actions: ShellActions;

  constructor(root: HTMLElement, actions: ShellActions) {
    this.#actions = actions;
    root.replaceChildren(
      h('header', { class: 'top' }, h('span', { class: 'brand' }, mark(), h('span', {}, 'Drawbridge')), this.#account),
      this.#main,
    );
  }

  /** What is shown while nothing is known yet. */
  showWaiting(): void {
    document.title = 'Drawbridge';
    this.#main.replaceChildren(h('p', { class: 'empty wait', role: 'status' }, 'One moment…'));
  }

  /** With a way on for someone who is signed in. */
  show(title: string, page: HTMLElement, way?: Way): void {
    document.title = `${title} · Drawbridge`;
    this.#main.replaceChildren(page);
    if (way === undefined) this.#account.replaceChildren();
    else
      this.#account.replaceChildren(
        h('nav', { 'aria-label': 'Pages' }, this.#link(way)),
        button('Sign out', () => this.#actions.signOut(), { class: 'sign-out' }),
      );
  }

  // To load the page anew would forget the bank's session. A click for another tab or window is the browser's.
  #link({ name, path }: Way): HTMLElement {
    const follow = (event: Event) => {
      const { metaKey, ctrlKey, shiftKey } = event as MouseEvent;
      if (metaKey || ctrlKey || shiftKey) return;
      event.preventDefault();
      this.#actions.open(path);
    };
    return h('a', { href: path, onclick: follow }, name);
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
