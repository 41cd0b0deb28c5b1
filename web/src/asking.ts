// The bank asks the person's phone (202), and this page asks the bank what came of it: the same request again, with the
// same Idempotency-Key, as often as Retry-After says, until the bank's last word. No answer of the phone reaches this
// page in any other way, and what ends the asking here says nothing about money: only the bank's answer does.
//
// Each of these requests may pay, so the transfer counts as unknown (pending.ts). One tab asks at a time; another one
// waits for the lock, and takes over when the first is closed. A person who cancels stops the asking between two
// requests, and the key is given up: nothing is booked unless somebody asks the bank again.

import type { Asked, BankAPI, Booked } from './api.ts';
import { type Asking, flight, type PendingTransfer, type PendingTransfers, sameTransfer } from './pending.ts';
import { isFinal, Refusal } from './problem.ts';
import type { Session } from './session.ts';

/** A transfer whose approval the phone is asked for. */
export type AskedTransfer = PendingTransfer & { readonly asking: Asking };

/** How it stands: how long the phone still asks, and what kept the bank from answering last. */
export interface Progress {
  readonly secondsLeft: number;
  readonly trouble?: Refusal;
}

/** Why a person's signal ends the asking: they want no such transfer, or go without a word about it. */
export type End = 'cancelled' | 'left';

export interface AskingParts {
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
    const lostAt = pending.asking?.lostAt; // this answer is not that request's
    const asked = { ...pending, asking: { ...asking, ...(lostAt !== undefined && { lostAt }) } };
    this.#keep(asked);
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
    const { api, session, pendings, clock, pause } = this.#parts;
    let trouble: Refusal | undefined;
    if (!pendings.isUnknown(asked)) throw heardElsewhere();
    if (await this.#isOver(asked)) throw over(); // a page that comes back days later asks nobody's phone anew
    for (let seconds = asked.asking.every; ; seconds = trouble?.retryAfter ?? asked.asking.every) {
      onProgress(await this.#progress(asked, trouble));
      await pause(seconds * 1000, signal);
      if (signal.aborted) throw await this.#stop(asked, signal.reason as End);
      const last = await this.#isOver(asked);
      trouble = undefined;
      const leaving = { ...asked, asking: { ...asked.asking, lostAt: await clock.now() } };
      this.#keep(leaving);
      try {
        const answer = await session.read((credential) => api.transfer(credential, asked));
        if (!('asking' in answer)) {
          pendings.settle(asked); // before the lock goes to another tab
          return answer;
        }
        asked = this.begin(asked, answer);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.outcomeUnknown) asked = leaving;
        const passes = error.outcomeUnknown || error.code === 'too_many_requests';
        if (last || !passes) throw await this.#decided(asked, error);
        trouble = error;
      }
      if (last) throw over();
    }
  }

  // What the bank has not booked waits again, for a new approval in another way or a later try; the bank's last word
  // settles it. Without an answer to each request it stays unknown.
  async #decided(asked: AskedTransfer, refusal: Refusal): Promise<Refusal> {
    const open = refusal.outcomeUnknown || refusal.code === 'session_ended' || (await this.#mayArrive(asked));
    if (isFinal(refusal)) this.#parts.pendings.settle(asked);
    else if (!open) this.#parts.pendings.unsent(asked);
    return refusal;
  }

  async #stop(asked: AskedTransfer, end: End): Promise<Refusal> {
    if (end === 'cancelled' && (await this.#mayArrive(asked))) return new Refusal('unreachable', 0);
    if (end === 'cancelled') this.#parts.pendings.settle(asked);
    return new Refusal(`asking_${end}`, 0, {}, { from: 'page' });
  }

  // A request whose answer was lost may still be on its way to the bank's books: no later answer, and no cancelling,
  // says that nothing was sent.
  async #mayArrive({ asking: { lostAt = -Infinity } }: AskedTransfer): Promise<boolean> {
    return (await this.#parts.clock.now()) - lostAt < flight;
  }

  #keep(asked: AskedTransfer): void {
    try {
      this.#parts.pendings.departs(asked, false);
    } catch (cause) {
      throw new Refusal('nothing_kept', 0, { reason: String(cause) }, { from: 'page', cause });
    }
  }

  async #isOver(asked: AskedTransfer): Promise<boolean> {
    return (await this.#progress(asked)).secondsLeft <= 0;
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
