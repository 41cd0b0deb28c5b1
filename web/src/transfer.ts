// Sending money: the pending transfer is posted until the API has booked it or refused it for good. A challenge is
// answered by a step-up and the same transfer posted again, with the same Idempotency-Key; where the bank asks the
// phone itself, the page asks the bank (asking.ts). If an answer is lost, the bank is asked by the key what became of
// the transfer, which moves nothing.

import type { Asked, BankAPI, Booked, Credential, Settled } from './api.ts';
import type { PhoneAsking, Progress } from './asking.ts';
import type { Auth } from './auth.ts';
import type { PendingTransfers } from './pending.ts';
import { type PendingTransfer, sameTransfer } from './pending-transfer.ts';
import { isFinal, Refusal } from './problem.ts';
import { isExpired, type Session } from './session.ts';
import type { StepUp } from './step-up.ts';

/** Where a transfer stands while it is being sent. */
export type Phase = 'sending' | 'finding-out' | 'approval' | 'booking';

/** What a page hears while a transfer is sent, and how it ends the asking of the phone. */
export interface Watch {
  readonly signal: AbortSignal;
  phase(phase: Phase): void;
  phone(progress: Progress): void;
}

/** What became of a transfer; too-early while a request of it may still reach the bank's books. */
export type Outcome = Settled | 'unsent' | 'too-early';

/** Where the person approves: in a popup if the browser allows one, or in this very window. */
export type Place = 'popup' | 'here';

const transferScope = 'transfer:funds';

// A second challenge means that the first approval came too late; a third that something is wrong.
const maxStepUps = 2;

export class TransferDesk {
  readonly #api: BankAPI;
  readonly #auth: Auth;
  readonly #session: Session;
  readonly #stepUp: StepUp;
  readonly #phone: PhoneAsking;
  readonly #pendings: PendingTransfers;
  // A step-up whose transfer got no answer: it may pay for the retry of that transfer, and for nothing else.
  #unspent: { readonly key: string; readonly credential: Credential } | undefined;

  constructor(parts: {
    api: BankAPI;
    auth: Auth;
    session: Session;
    stepUp: StepUp;
    phone: PhoneAsking;
    pendings: PendingTransfers;
  }) {
    this.#api = parts.api;
    this.#auth = parts.auth;
    this.#session = parts.session;
    this.#stepUp = parts.stepUp;
    this.#phone = parts.phone;
    this.#pendings = parts.pendings;
  }

  /**
   * Sends a transfer that waits, or goes on with one that the phone is asked about. Throws a Refusal; then the transfer
   * stays pending, unless it was refused for good.
   */
  async send(pending: PendingTransfer, watch: Watch, place: Place = 'popup'): Promise<Booked> {
    try {
      const booked = await this.#attempt(pending, watch, place);
      this.#settle(pending);
      return booked;
    } catch (error) {
      if (error instanceof Refusal && isFinal(error) && !this.#pendings.isUnknown(pending)) this.#settle(pending);
      throw error;
    }
  }

  /** Asks what became of a transfer that has left. Throws a Refusal; then it is as unknown as before. */
  async findOut(pending: PendingTransfer): Promise<Outcome> {
    const outcome = await this.#session.read((credential) => this.#api.outcome(credential, pending.key));
    if (outcome === undefined) return this.#pendings.unsent(pending) ? 'unsent' : 'too-early';
    this.#settle(pending);
    const changed = 'booked' in outcome && !sameTransfer(outcome.booked, pending.transfer);
    return changed ? { refused: new Refusal('idempotency_key_reused', 422) } : outcome;
  }

  /** Takes up the token that a redirect brought back, for the transfer that waited for it. */
  async adoptStepUp(pending: PendingTransfer): Promise<void> {
    const granted = await this.#auth.grantedToken(transferScope);
    this.#auth.forget(transferScope);
    if (granted !== undefined) this.#unspent = { key: pending.key, credential: { ...granted, pays: true } };
  }

  /** Gives up what waits in this tab. */
  abandon(): void {
    this.#unspent = undefined;
    this.#auth.forget(transferScope);
    this.#pendings.abandon();
  }

  async #attempt(pending: PendingTransfer, watch: Watch, place: Place): Promise<Booked> {
    const approved = place === 'popup' && this.#unspent?.key === pending.key ? this.#unspent.credential : undefined;
    let { asking, ...unasked } = pending;
    if (place === 'here') asking = undefined;
    let credential: Credential | undefined = approved;
    let stepUps = 0;
    let renewals = 0;
    if (asking === undefined) watch.phase(approved ? 'booking' : 'sending');

    for (;;) {
      try {
        if (asking !== undefined) {
          return await this.#phone.answer({ ...unasked, asking }, watch.signal, (progress) => watch.phone(progress));
        }
        credential ??= await this.#session.credential();
        if (watch.signal.reason === 'left') throw new Refusal('asking_left', 0, {}, { from: 'page' });
        const answer = await this.#post(credential, unasked);
        if (!('asking' in answer)) return answer;
        ({ asking } = this.#phone.begin(unasked, answer));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        asking = undefined;
        if (error.challenge !== undefined && stepUps < maxStepUps) {
          stepUps++;
          watch.phase('approval');
          credential = await this.#steppedUp(unasked, error, place);
          watch.phase('booking');
        } else if (isExpired(error) && error.code !== 'session_ended' && credential && renewals === 0) {
          renewals++;
          this.#unspent = undefined;
          credential = await this.#session.renewed(credential);
        } else {
          throw error;
        }
      }
    }
  }

  // From just before a request that may pay leaves, nobody knows what becomes of it, until its answer says so.
  async #post(credential: Credential, pending: PendingTransfer): Promise<Booked | Asked> {
    const request = this.#pendings.departs(pending, credential.pays === true);
    try {
      const answer = await this.#api.transfer(credential, pending);
      this.#pendings.answered(request);
      return answer;
    } catch (error) {
      if (error instanceof Refusal && !error.outcomeUnknown) {
        this.#pendings.answered(request);
        if (this.#pendings.isUnknown(pending)) this.#pendings.unsent(pending);
      }
      throw error;
    }
  }

  async #steppedUp(pending: PendingTransfer, { challenge }: Refusal, place: Place): Promise<Credential> {
    this.#unspent = undefined;
    try {
      const credential: Credential = { ...(await this.#stepUp.answer(challenge!, pending, place)), pays: true };
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
