// Sending money, from the form to the bank's answer: which face of the card is shown while a transfer is under way,
// stopped, refused or booked, and where a transfer goes on that was left for the tenant's pages.

import type { Account } from './account.ts';
import type { Returned } from './auth.ts';
import type { PendingTransfer, PendingTransfers } from './pending.ts';
import { asRefusal, Refusal } from './problem.ts';
import { isFinal, type TransferDesk } from './transfer.ts';
import { h } from './view/dom.ts';
import { refusalView } from './view/refusal-view.ts';
import { SendCard } from './view/send-card.ts';

/** The page around the card. */
export interface Surroundings {
  accounts(): readonly Account[];
  /** Reads balances and history anew; false if the balances could not be had. */
  refresh(options?: { announce?: boolean }): Promise<boolean>;
  sessionEnded(refusal: Refusal): void;
}

export class Sending {
  readonly #desk: TransferDesk;
  readonly #pendings: PendingTransfers;
  readonly #page: Surroundings;
  #card: SendCard;
  #underWay = false;

  constructor(parts: { readonly desk: TransferDesk; readonly pendings: PendingTransfers }, page: Surroundings) {
    this.#desk = parts.desk;
    this.#pendings = parts.pendings;
    this.#page = page;
    this.#card = this.newCard();
  }

  /** Whether a transfer is being sent at this moment. */
  get underWay(): boolean {
    return this.#underWay;
  }

  /** The card of a page that is about to be shown; from now on it is the one that changes. */
  newCard(): SendCard {
    this.#card = new SendCard({
      send: (transfer) => void this.#dispatch(this.#pendings.begin(transfer)),
      retry: () => {
        const pending = this.#pendings.current();
        if (pending) void this.#dispatch(pending);
        else this.#showEmptyForm();
      },
      approveHere: () => void this.#desk.approveHere(),
      abandon: () => {
        this.#desk.abandon();
        this.#showEmptyForm();
      },
    });
    return this.#card;
  }

  /** The accounts have been read: shows the form, or the transfer that was left behind. */
  takeUp(returned: Returned | undefined): void {
    const pending = this.#pendings.current();
    if (returned?.errand === 'step-up' && !pending) {
      this.#card.showForm(this.#page.accounts());
      this.#card.element.prepend(refusalView(returned.refusal ?? new Refusal('transfer_lost', 0, {}, { from: 'tenant' })));
    } else if (!pending) this.#card.showForm(this.#page.accounts());
    else if (returned?.refusal) this.#card.showStuck(pending, returned.refusal);
    else this.#card.showWaiting(pending);
  }

  /** Back from the tenant with an approval: sends what it was given for. */
  async sendApproved(): Promise<void> {
    const pending = this.#pendings.current();
    if (!pending) return;
    await this.#desk.adoptStepUp(pending);
    await this.#dispatch(pending);
  }

  /** Back from the tenant without an answer, on a page that the browser kept alive. */
  cameBack(): void {
    const pending = this.#pendings.current();
    if (!pending) return;
    this.#underWay = false;
    this.#card.showWaiting(pending);
  }

  /** Nothing can be sent while the accounts are not known; a transfer under way is not disturbed. */
  showNoAccounts(): void {
    if (this.#underWay) return;
    this.#card.element.replaceChildren(h('p', { class: 'empty' }, 'Once your accounts are here you can send money.'));
  }

  #showEmptyForm(): void {
    this.#card.showForm(this.#page.accounts(), undefined, { focus: true });
  }

  async #dispatch(pending: PendingTransfer): Promise<void> {
    if (this.#underWay) return;
    this.#underWay = true;
    const card = this.#card;
    try {
      const booked = await this.#desk.send(pending, (phase) => card.showPhase(phase, pending));
      card.showDone(pending.transfer, booked);
      await this.#page.refresh({ announce: true });
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.code !== 'session_ended' && this.#page.accounts().length === 0) await this.#page.refresh();
      this.#stopped(card, pending, refusal);
    } finally {
      this.#underWay = false;
    }
  }

  #stopped(card: SendCard, pending: PendingTransfer, refusal: Refusal): void {
    if (refusal.code === 'session_ended') this.#page.sessionEnded(refusal);
    else if (isFinal(refusal)) card.showRefused(this.#page.accounts(), pending.transfer, refusal);
    else card.showStuck(pending, refusal);
  }
}
