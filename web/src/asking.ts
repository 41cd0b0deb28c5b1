// The bank asks the person's phone (202), and this page asks the bank what came of it: the same request again, with the
// same Idempotency-Key, as often as Retry-After says, until the bank's last word. No answer of the phone reaches this
// page in any other way, and what ends the asking here says nothing about money: only the bank's answer does.
//
// Each of these requests may pay, so the transfer counts as unknown (pending.ts). One tab asks at a time; another one
// waits for the lock, and takes over when the first is closed. A person who cancels stops the asking between two
// requests, and the key is given up: nothing is booked unless somebody asks the bank again.

import type { Asked, BankAPI, Booked } from './api.ts';
import { tolerance } from './host-clock.ts';
import type { PendingTransfers } from './pending.ts';
import { type AskedTransfer, type PendingTransfer, sameTransfer } from './pending-transfer.ts';
import { isFinal, Refusal } from './problem.ts';
import type { Session } from './session.ts';

/** How it stands: how long the phone still asks, and what kept the bank from answering last. */
export interface Progress {
  readonly secondsLeft: number;
  readonly trouble?: Refusal;
}

/** Why a person's signal ends the asking: they want no such transfer, or go without a word about it. */
export type End = 'cancelled' | 'left';

interface AskingParts {
  readonly api: BankAPI;
  readonly session: Session;
  readonly pendings: PendingTransfers;
  readonly clock: { now(): Promise<number> };
  readonly locks: { request<Answer>(name: string, work: () => Promise<Answer>): Promise<Answer> };
  readonly pause: typeof pauseFor;
}

export class PhoneAsking {
  readonly #parts: AskingParts;

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  /** The phone is asked from here on, as the answer says. Throws where it asks for another transfer. */
  begin(pending: PendingTransfer, { asking, transfer }: Asked): AskedTransfer {
    if (!sameTransfer(transfer, pending.transfer)) {
      throw new Refusal('other_transfer', 0, { asked: transfer }, { from: 'page' });
    }
    const asked = { ...pending, asking };
    this.#parts.pendings.asked(asked);
    return asked;
  }

  /**
   * What the bank booked once the person has approved. Throws its refusal, and leaves the transfer as that decides;
   * `settled_elsewhere` if another tab has heard the bank's word.
   */
  async answer(asked: AskedTransfer, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<Booked> {
    onProgress(await this.#progress(asked));
    return this.#parts.locks.request(`drawbridge.asking.${asked.key}`, () => this.#ask(asked, signal, onProgress));
  }

  async #ask(asked: AskedTransfer, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<Booked> {
    const { api, session, pendings, pause } = this.#parts;
    let trouble: Refusal | undefined;
    if (!pendings.isUnknown(asked)) throw heardElsewhere();
    if (await this.#isOver(asked)) throw over(); // a page that comes back days later asks nobody's phone anew
    for (let seconds = asked.asking.every; ; seconds = trouble?.retryAfter ?? asked.asking.every) {
      const progress = await this.#progress(asked, trouble);
      onProgress(progress);
      // Whatever time to wait the bank names, it is asked once more at the end.
      await pause(Math.min(seconds, Math.max(progress.secondsLeft, asked.asking.every)) * 1000, signal);
      if (signal.aborted) throw this.#stop(asked, signal.reason as End);
      const last = await this.#isOver(asked);
      trouble = undefined;
      const request = pendings.departs(asked, false);
      try {
        const answer = await session.read((credential) => api.transfer(credential, asked));
        pendings.answered(request);
        if (!('asking' in answer)) {
          pendings.settle(asked); // before the lock goes to another tab
          return answer;
        }
        asked = this.begin(asked, answer);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (!error.outcomeUnknown) pendings.answered(request);
        const passes = error.outcomeUnknown || error.code === 'too_many_requests';
        if (last || !passes) throw this.#decided(asked, error);
        trouble = error;
      }
      if (last) throw over();
    }
  }

  // The bank's last word settles the transfer. What the bank has not booked waits again, for a new approval in another
  // way or a later try. Without an answer it stays unknown, and so it does for the next sign-in.
  #decided(asked: AskedTransfer, refusal: Refusal): Refusal {
    if (isFinal(refusal)) this.#parts.pendings.settle(asked);
    else if (!refusal.outcomeUnknown && refusal.code !== 'session_ended') this.#parts.pendings.unsent(asked);
    return refusal;
  }

  #stop(asked: AskedTransfer, end: End): Refusal {
    if (end === 'cancelled') {
      if (this.#parts.pendings.mayArrive(asked)) return new Refusal('unreachable', 0);
      this.#parts.pendings.settle(asked);
    }
    return new Refusal(`asking_${end}`, 0, {}, { from: 'page' });
  }

  // The bank ends the asking by its own clock, and this page knows that no better.
  async #isOver({ asking }: AskedTransfer): Promise<boolean> {
    return (await this.#parts.clock.now()) >= asking.until + tolerance;
  }

  async #progress({ asking }: AskedTransfer, trouble?: Refusal): Promise<Progress> {
    const secondsLeft = Math.max(0, (asking.until - (await this.#parts.clock.now())) / 1000);
    return { secondsLeft, ...(trouble && { trouble }) };
  }
}

function over(): Refusal {
  return new Refusal('asking_over', 0, {}, { from: 'page' });
}

function heardElsewhere(): Refusal {
  return new Refusal('settled_elsewhere', 0, {}, { from: 'page' });
}

/** Waits so long, or until the signal. */
export function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
