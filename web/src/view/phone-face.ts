// While the bank asks the phone: what is being approved, the time left, a way out, and what to do when nothing comes.

import type { Progress } from '../asking.ts';
import type { PendingTransfer } from '../pending-transfer.ts';
import { wordsFor } from '../words.ts';
import { button, h, setToWork } from './dom.ts';

export class PhoneFace {
  readonly element: HTMLElement;
  readonly key: string;
  readonly #left = h('span', { role: 'timer', class: 'time-left' });
  readonly #trouble = h('p', { class: 'quiet', role: 'status' });
  #endsAt = 0;
  #ticking = 0;

  constructor({ key }: PendingTransfer, summary: HTMLElement, cancel: () => void) {
    this.key = key;
    // A request that is on its way is waited for.
    const out = button('Cancel', () => setToWork(out, 'Cancelling…') && cancel());
    this.element = h(
      'div',
      { class: 'phone-face' },
      h('p', {}, 'Approve it there if it says the same. Nothing is sent until you do.'),
      summary,
      h('p', {}, 'Time left: ', this.#left),
      this.#trouble,
      h('div', { class: 'actions' }, out),
      h(
        'details',
        {},
        h('summary', {}, 'Nothing on your phone?'),
        h(
          'p',
          { class: 'quiet' },
          'See that it is on and connected, and open the app with which you approve. If nothing comes, cancel and ' +
            'send it again. Without this phone you cannot send money: ask the bank.',
        ),
      ),
    );
  }

  show({ secondsLeft, trouble }: Progress): void {
    this.#endsAt = performance.now() + secondsLeft * 1000;
    this.#trouble.textContent = trouble === undefined ? '' : `${wordsFor(trouble).title}. This page goes on asking.`;
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  #tick(): void {
    if (!this.element.isConnected) return clearInterval(this.#ticking);
    this.#left.textContent = timeLeft((this.#endsAt - performance.now()) / 1000);
  }
}

/** 272.4 seconds → "4:32". */
function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
