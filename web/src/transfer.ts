// Sending money: the pending transfer is posted until the API has booked it or refused it for good. A challenge is
// answered by a step-up and the same transfer posted again, with the same Idempotency-Key.

import type { BankAPI, Booked, Credential } from './api.ts';
import type { Auth } from './auth.ts';
import type { PendingTransfer, PendingTransfers } from './pending.ts';
import { Refusal } from './problem.ts';
import { isExpired, type Session } from './session.ts';
import type { StepUp } from './step-up.ts';

/** Where a transfer stands while it is being sent. */
export type Phase = 'sending' | 'approval' | 'booking';

export const transferScope = 'transfer:funds';

// A second challenge means that the first approval came too late; a third that something is wrong.
const maxStepUps = 2;
const maxAttempts = 8;

export class TransferDesk {
  readonly #api: BankAPI;
  readonly #auth: Auth;
  readonly #session: Session;
  readonly #stepUp: StepUp;
  readonly #pendings: PendingTransfers;
  // A step-up whose transfer got no answer: it may pay for the retry of that transfer, and for nothing else.
  #unspent: { readonly key: string; readonly credential: Credential } | undefined;

  constructor(parts: { api: BankAPI; auth: Auth; session: Session; stepUp: StepUp; pendings: PendingTransfers }) {
    this.#api = parts.api;
    this.#auth = parts.auth;
    this.#session = parts.session;
    this.#stepUp = parts.stepUp;
    this.#pendings = parts.pendings;
  }

  /** Sends the pending transfer. Throws a Refusal; the transfer stays pending unless it was refused for good. */
  async send(pending: PendingTransfer, onPhase: (phase: Phase) => void): Promise<Booked> {
    try {
      const booked = await this.#attempt(pending, onPhase);
      this.#settle();
      return booked;
    } catch (error) {
      if (error instanceof Refusal && isFinal(error)) this.#settle();
      throw error;
    }
  }

  /** Takes up the token that a redirect brought back, for the transfer that waited for it. */
  async adoptStepUp(pending: PendingTransfer): Promise<void> {
    const token = await this.#auth.grantedToken(transferScope);
    this.#auth.forget(transferScope);
    if (token !== undefined) this.#unspent = { key: pending.key, credential: stepUpCredential(token) };
  }

  /** Leaves for the tenant in this very window. */
  approveHere(): Promise<never> {
    return this.#stepUp.leave(transferScope);
  }

  /** Gives the pending transfer up. */
  abandon(): void {
    this.#settle();
  }

  async #attempt(pending: PendingTransfer, onPhase: (phase: Phase) => void): Promise<Booked> {
    let credential = this.#unspent?.key === pending.key ? this.#unspent.credential : await this.#session.credential();
    let stepUps = 0;
    let renewals = 0;
    onPhase(credential === this.#unspent?.credential ? 'booking' : 'sending');

    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#api.transfer(credential, pending);
      } catch (error) {
        if (!(error instanceof Refusal) || attempt >= maxAttempts) throw error;
        if (error.challenge !== undefined && stepUps < maxStepUps) {
          stepUps++;
          onPhase('approval');
          credential = await this.#steppedUp(pending, error);
          onPhase('booking');
        } else if (error.code === 'request_in_progress') {
          await pause(1000);
        } else if (isExpired(error) && renewals === 0) {
          renewals++;
          this.#unspent = undefined;
          credential = await this.#session.renewed();
        } else {
          throw error;
        }
      }
    }
  }

  async #steppedUp(pending: PendingTransfer, refusal: Refusal): Promise<Credential> {
    this.#unspent = undefined;
    try {
      const credential = stepUpCredential(await this.#stepUp.answer(refusal.challenge!));
      this.#unspent = { key: pending.key, credential };
      return credential;
    } finally {
      // From here on this object alone holds the token: nothing that asks the SDK later may find it.
      this.#auth.forget(transferScope);
    }
  }

  #settle(): void {
    this.#unspent = undefined;
    this.#auth.forget(transferScope);
    this.#pendings.clear();
  }
}

function stepUpCredential(token: string): Credential {
  return { token, label: `Auth0 access token (${transferScope})` };
}

/** Whether the API has decided: nothing was booked, and the same request will be refused again. */
export function isFinal(refusal: Refusal): boolean {
  return [400, 404, 413, 415, 422].includes(refusal.status) || refusal.code === 'not_a_customer';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
