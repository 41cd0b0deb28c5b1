// Sending money: the pending transfer is posted until the API has booked it or refused it for good. A challenge is
// answered by a step-up and the same transfer posted again, with the same Idempotency-Key. What a lost answer leaves
// behind is found out by the same request once more: the API answers for a key as it did the first time.

import type { BankAPI, Booked, Credential } from './api.ts';
import type { Auth } from './auth.ts';
import type { PendingTransfer, PendingTransfers } from './pending.ts';
import { Refusal } from './problem.ts';
import { isExpired, type Session } from './session.ts';
import type { StepUp } from './step-up.ts';

/** Where a transfer stands while it is being sent. */
export type Phase = 'sending' | 'asking' | 'approval' | 'booking';

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
      this.#settle(pending);
      return booked;
    } catch (error) {
      if (error instanceof Refusal && isFinal(error) && !this.#pendings.isUnknown(pending)) this.#settle(pending);
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

  /** Gives up what waits in this tab. */
  abandon(): void {
    this.#unspent = undefined;
    this.#auth.forget(transferScope);
    this.#pendings.abandon();
  }

  async #attempt(pending: PendingTransfer, onPhase: (phase: Phase) => void): Promise<Booked> {
    let credential = this.#unspent?.key === pending.key ? this.#unspent.credential : await this.#session.credential();
    let stepUps = 0;
    let renewals = 0;
    const unknown = this.#pendings.isUnknown(pending);
    onPhase(unknown ? 'asking' : credential.pays ? 'booking' : 'sending');

    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#post(credential, pending);
      } catch (error) {
        if (!(error instanceof Refusal) || attempt >= maxAttempts) throw error;
        if (error.challenge !== undefined && stepUps < maxStepUps) {
          stepUps++;
          onPhase('approval');
          credential = await this.#steppedUp(pending, error);
          onPhase(unknown ? 'asking' : 'booking');
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

  // From just before a request that can pay leaves, nobody knows what becomes of it, until its answer says so.
  async #post(credential: Credential, pending: PendingTransfer): Promise<Booked> {
    if (credential.pays === undefined) return this.#api.transfer(credential, pending);
    const unknown = this.#pendings.isUnknown(pending);
    try {
      this.#pendings.departs(pending);
    } catch (cause) {
      throw new Refusal('nothing_kept', 0, { reason: String(cause) }, { from: 'page', cause });
    }
    try {
      return await this.#api.transfer(credential, pending);
    } catch (error) {
      if (!unknown && error instanceof Refusal && !error.outcomeUnknown) this.#pendings.unsent(pending);
      // The bank keeps a refusal under the key: this is what became of the first request too.
      if (unknown && error instanceof Refusal && error.status === 422) this.#pendings.unsent(pending);
      throw error;
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

  #settle(pending: PendingTransfer): void {
    this.#unspent = undefined;
    this.#auth.forget(transferScope);
    this.#pendings.settle(pending);
  }
}

function stepUpCredential(token: string): Credential {
  return { token, label: `Auth0 access token (${transferScope})`, pays: true };
}

/** Whether the API has decided: nothing was booked, and the same request will be refused again. */
export function isFinal(refusal: Refusal): boolean {
  return [400, 404, 413, 415, 422].includes(refusal.status) || refusal.code === 'not_a_customer';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
