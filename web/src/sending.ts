// Sending money, from the form to the bank's answer: which face of the card is shown while a transfer is under way,
// stopped, refused, unknown or booked, and where a transfer goes on that was left for the tenant's pages.

import { type Account, customerOf } from './account.ts';
import type { End, Progress } from './asking.ts';
import type { Returned } from './auth.ts';
import type { PendingTransfers } from './pending.ts';
import type { PendingTransfer, Transfer } from './pending-transfer.ts';
import { asRefusal, isFinal, Refusal } from './problem.ts';
import type { Phase, Place, TransferDesk } from './transfer.ts';
import { h } from './view/dom.ts';
import { refusalView } from './view/refusal-view.ts';
import { SendCard } from './view/send-card.ts';

/** The page around the card. */
interface Surroundings {
  accounts(): readonly Account[];
  /** Reads balances and history anew; false without the balances. */
  refresh(options?: { announce?: boolean }): Promise<boolean>;
  sessionEnded(refusal: Refusal): void;
}

export class Sending {
  readonly #desk: TransferDesk;
  readonly #pendings: PendingTransfers;
  readonly #page: Surroundings;
  #card: SendCard;
  // The transfer that the card shows as unknown, if it shows one.
  #shownUnknown: PendingTransfer | undefined;
  // What is under way, and how it is ended.
  #current: { readonly key: string; readonly end: AbortController } | undefined;

  constructor(parts: { readonly desk: TransferDesk; readonly pendings: PendingTransfers }, page: Surroundings) {
    this.#desk = parts.desk;
    this.#pendings = parts.pendings;
    this.#page = page;
    this.#card = this.newCard();
  }

  /** Whether a transfer is being sent at this moment. */
  get underWay(): boolean {
    return this.#current !== undefined;
  }

  /** The card of a page that is about to be shown; from now on it is the one that changes. */
  newCard(): SendCard {
    this.#shownUnknown = undefined;
    this.#card = new SendCard({
      send: (transfer) => this.#begin(transfer),
      retry: (pending) => {
        const waiting = this.#pendings.waiting();
        if (waiting?.key === pending.key) void this.#dispatch(waiting);
        else this.#showNext({ focus: true });
      },
      findOut: (pending) => {
        if (this.#pendings.isUnknown(pending)) void this.#findOut(pending);
        else void this.settledElsewhere();
      },
      approveHere: (pending) => void this.#dispatch(pending, 'here'),
      abandon: () => {
        this.#desk.abandon();
        this.#showNext({ focus: true });
      },
      cancel: (pending) => {
        this.#end('cancelled');
        this.#pendings.callOff(pending); // the tab that asks may be another one
      },
    });
    return this.#card;
  }

  /** The person has cancelled in another tab. */
  calledOff(key: string): void {
    if (key === this.#current?.key) this.#end('cancelled');
  }

  /** The person goes, or another one comes: nothing more leaves for what is under way, and nothing is said of it. */
  leave(): void {
    this.#end('left');
    this.#current = undefined;
  }

  #end(end: End): void {
    this.#current?.end.abort(end);
  }

  /** The accounts have been read: shows the form, or the transfer that was left behind. */
  takeUp(returned: Returned | undefined): void {
    const pending = this.#pendings.waiting(this.#customer());
    const back = returned?.errand === 'step-up';
    if (pending && returned?.refusal && !this.#unknown()) this.#card.showStuck(pending, returned.refusal);
    else {
      this.#showNext();
      if (back && !pending) {
        const refusal = returned.refusal ?? new Refusal('transfer_lost', 0, {}, { from: 'tenant' });
        this.#card.element.prepend(refusalView(refusal));
      }
    }
  }

  /** Back from the tenant with an approval: sends what it was given for. */
  async sendApproved(): Promise<void> {
    const pending = this.#pendings.waiting();
    if (!pending) return;
    await this.#desk.adoptStepUp(pending);
    await this.#dispatch(pending);
  }

  /** Back from the tenant without an answer, on a page that the browser kept alive. */
  cameBack(): void {
    this.leave();
    this.#showNext();
    void this.#page.refresh();
  }

  /** What is shown as unknown may have been found out in another tab. */
  async settledElsewhere(): Promise<void> {
    if (this.underWay || this.#shownUnknown === undefined || this.#pendings.isUnknown(this.#shownUnknown)) return;
    this.#shownUnknown = undefined;
    if (await this.#page.refresh({ announce: true })) this.#showNext();
  }

  /** Nothing can be sent while the accounts are not known; a transfer under way is not disturbed. */
  showNoAccounts(): void {
    if (this.underWay || this.#shownUnknown) return;
    this.#card.element.replaceChildren(h('p', { class: 'empty' }, 'Once your accounts are here you can send money.'));
  }

  // Who is signed in, as the bank has it: the one whose accounts it shows.
  #customer(): string {
    const [account] = this.#page.accounts();
    return account === undefined ? '' : customerOf(account.account_id);
  }

  #unknown(): PendingTransfer | undefined {
    return this.#pendings.unknown(this.#customer());
  }

  // What is unknown comes first, then what waits, then the form.
  #showNext({ focus = false } = {}): void {
    const unknown = this.#unknown();
    const waiting = this.#pendings.waiting(this.#customer());
    if (unknown) this.#showUnknown(unknown);
    else if (waiting) this.#card.showWaiting(waiting);
    else if (this.#page.accounts().length === 0) this.showNoAccounts();
    else this.#card.showForm(this.#page.accounts(), undefined, { focus });
  }

  // While the phone is asked, another page may have been closed over it: this one goes on.
  #showUnknown(pending: PendingTransfer, refusal?: Refusal): void {
    if (pending.asking !== undefined && refusal === undefined) {
      void this.#dispatch(pending);
      return;
    }
    this.#shownUnknown = pending;
    this.#card.showUnknown(pending, refusal);
  }

  #begin(transfer: Transfer): void {
    try {
      const pending = this.#pendings.begin(transfer);
      if (this.#pendings.isUnknown(pending)) this.#showUnknown(pending);
      else void this.#dispatch(pending);
    } catch (error) {
      this.#card.showRefused(this.#page.accounts(), transfer, asRefusal(error));
    }
  }

  // Approving in this window takes the place of a popup that is waited for.
  async #dispatch(pending: PendingTransfer, place: Place = 'popup'): Promise<void> {
    if (this.underWay && place === 'popup') return;
    await this.#undisturbed(pending, async (card, signal) => {
      const watch = {
        signal,
        phase: (phase: Phase) => card.showPhase(phase, pending),
        phone: (progress: Progress) => card.showPhone(pending, progress),
      };
      const booked = await this.#desk.send(pending, watch, place);
      if (signal.reason === 'left') return;
      card.showDone(pending.transfer, booked);
      await this.#page.refresh({ announce: true });
    });
  }

  async #findOut(pending: PendingTransfer): Promise<void> {
    if (this.underWay) return;
    await this.#undisturbed(pending, async (card) => {
      card.showPhase('finding-out', pending);
      const outcome = await this.#desk.findOut(pending);
      if (outcome === 'too-early') throw new Refusal('too_early', 0);
      if (outcome === 'unsent') return card.showWaiting(pending);
      if ('refused' in outcome) throw outcome.refused;
      card.showDone(pending.transfer, outcome.booked);
      await this.#page.refresh({ announce: true });
    });
  }

  async #undisturbed(
    pending: PendingTransfer,
    work: (card: SendCard, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    this.leave(); // a popup that was waited for
    const current = (this.#current = { key: pending.key, end: new AbortController() });
    this.#shownUnknown = undefined;
    const card = this.#card;
    try {
      await work(card, current.end.signal);
    } catch (error) {
      if (this.#current !== current) return;
      const refusal = asRefusal(error);
      if (refusal.code !== 'session_ended' && this.#page.accounts().length === 0) await this.#page.refresh();
      this.#stopped(card, pending, refusal);
    } finally {
      if (this.#current === current) this.#current = undefined;
    }
    await this.settledElsewhere();
  }

  #stopped(card: SendCard, pending: PendingTransfer, refusal: Refusal): void {
    if (refusal.code === 'session_ended') this.#page.sessionEnded(refusal);
    else if (refusal.code === 'settled_elsewhere') this.#shownUnknown = pending;
    else if (this.#pendings.isUnknown(pending)) this.#showUnknown(pending, refusal);
    else if (isFinal(refusal) || refusal.code === 'asking_cancelled')
      card.showRefused(this.#page.accounts(), pending.transfer, refusal);
    else card.showStuck(pending, refusal);
  }
}
