// The card that money leaves from. It shows one of six things: the form, a transfer on its way, the phone to look at, a
// transfer that stopped and may go on, one of which nobody knows whether it arrived, or one that did.

import { type Account, displayAccountId } from '../account.ts';
import type { Booked } from '../api.ts';
import type { Progress } from '../asking.ts';
import { formatMoney } from '../money.ts';
import type { PendingTransfer, Transfer } from '../pending-transfer.ts';
import type { Refusal } from '../problem.ts';
import type { Phase } from '../transfer.ts';
import { wordsForUnknown, wordsForUnsent } from '../words.ts';
import { bridge, type BridgeState } from './bridge.ts';
import { button, type Child, h } from './dom.ts';
import { PhoneFace } from './phone-face.ts';
import { refusalView } from './refusal-view.ts';
import { transferForm } from './transfer-form.ts';
import { whenText } from './when.ts';

interface SendActions {
  send(transfer: Transfer): void;
  /** Sends what waits once more, with its key. */
  retry(pending: PendingTransfer): void;
  /** Asks the bank what became of a transfer. */
  findOut(pending: PendingTransfer): void;
  /** Approves in this window instead of the popup. */
  approveHere(pending: PendingTransfer): void;
  abandon(): void;
  /** Ends the asking of the phone. */
  cancel(pending: PendingTransfer): void;
}

export class SendCard {
  readonly element = h('div', { class: 'send' });
  readonly #actions: SendActions;
  #phone: PhoneFace | undefined;

  constructor(actions: SendActions) {
    this.#actions = actions;
  }

  showForm(accounts: readonly Account[], initial?: Transfer, { focus = false } = {}): void {
    const form = transferForm(accounts, initial, (transfer) => this.#actions.send(transfer));
    this.element.replaceChildren(form.element);
    if (focus) form.focus();
  }

  showPhase(phase: Phase, pending: PendingTransfer): void {
    const words = {
      sending: { title: 'Asking the bank…', text: 'One moment.' },
      'finding-out': { title: 'Asking the bank what became of it…', text: 'One moment.' },
      approval: { title: 'Approve it on your phone', text: 'A window asks for it. Nothing is sent until you approve.' },
      booking: { title: 'Approved. Sending…', text: 'One moment.' },
    }[phase];
    this.#show(
      'up',
      words.title,
      h('p', {}, words.text),
      summary(pending.transfer),
      phase === 'approval' &&
        h(
          'p',
          { class: 'quiet' },
          'No window? ',
          this.#approveHere(pending, { class: 'link' }),
        ),
    );
  }

  /** The bank asks the phone; the face stays, so that the focus does. */
  showPhone(pending: PendingTransfer, progress: Progress): void {
    if (this.#phone?.key !== pending.key || !this.element.contains(this.#phone.element)) {
      const cancel = () => this.#actions.cancel(pending);
      const face = (this.#phone = new PhoneFace(pending, summary(pending.transfer), cancel));
      this.#show('up', 'Check your phone', face.element);
    }
    this.#phone.show(progress);
  }

  /** A transfer that waits: after a reload, back from the tenant, or since the bank has not booked it. */
  showWaiting(pending: PendingTransfer): void {
    this.#show(
      'up',
      'A transfer is waiting for you',
      h('p', {}, 'Nothing was sent yet.'),
      summary(pending.transfer),
      h('div', { class: 'actions' }, this.#retry('Go on and send it', pending), this.#abandon('Do not send it')),
    );
  }

  /** A transfer that stopped but is still pending. */
  showStuck(pending: PendingTransfer, refusal: Refusal): void {
    const elsewhere = ['step_up_cancelled', 'step_up_ignored', 'tenant_unreachable', 'step_up_failed'].includes(
      refusal.code,
    );
    this.element.replaceChildren(
      refusalView(
        refusal,
        [this.#retry('Try again', pending), elsewhere && this.#approveHere(pending), this.#abandon('Do not send it')],
        wordsForUnsent(refusal),
      ),
      summary(pending.transfer),
    );
    this.#focusOnWayOn();
  }

  /** A transfer that may have arrived: to find out is the one way on. */
  showUnknown(pending: PendingTransfer, refusal?: Refusal): void {
    const findOut = button('Find out', () => this.#actions.findOut(pending), { class: 'primary' });
    const what = summary(pending.transfer, pending.at);
    const words = wordsForUnknown(refusal);
    if (refusal === undefined)
      this.#show('up', words.title, h('p', {}, words.text), what, h('div', { class: 'actions' }, findOut));
    else {
      this.element.replaceChildren(refusalView(refusal, [findOut], words), what);
      this.#focusOnWayOn();
    }
  }

  // The alert says what happened; the focus goes to what can be done, since the form's button is gone.
  #focusOnWayOn(): void {
    this.element.querySelector<HTMLElement>('.actions button')?.focus({ preventScroll: true });
  }

  /** The bank's final no; the form stays as it was filled in. */
  showRefused(accounts: readonly Account[], transfer: Transfer, refusal: Refusal): void {
    this.showForm(accounts, transfer);
    this.element.prepend(refusalView(refusal, [], wordsForUnsent(refusal)));
    this.element.querySelector<HTMLElement>('[name=to]')?.focus({ preventScroll: true });
  }

  showDone(transfer: Transfer, booked: Booked): void {
    this.#show(
      'down',
      'Your money is there',
      summary(transfer),
      h('div', { class: 'actions' }, this.#abandon('Send another')),
      h('p', { class: 'quiet' }, 'Reference ', h('code', {}, booked.transfer_id)),
    );
  }

  #retry(text: string, pending: PendingTransfer): HTMLElement {
    return button(text, () => this.#actions.retry(pending), { class: 'primary' });
  }

  #approveHere(pending: PendingTransfer, attributes = {}): HTMLElement {
    return button('Approve in this window', () => this.#actions.approveHere(pending), attributes);
  }

  #abandon(text: string): HTMLElement {
    return button(text, () => this.#actions.abandon());
  }

  #show(state: BridgeState, title: string, ...children: Child[]): void {
    const heading = h('h3', { tabindex: '-1' }, title);
    this.element.replaceChildren(
      h('div', { class: 'progress', 'data-bridge': state }, bridge(state), heading, ...children),
    );
    heading.focus({ preventScroll: true });
  }
}

function summary({ amount, currency, from, to, reference }: Transfer, at?: number): HTMLElement {
  const row = (term: string, value: string) => h('div', {}, h('dt', {}, term), h('dd', {}, value));
  return h(
    'dl',
    { class: 'summary' },
    row('Amount', formatMoney(amount, currency)),
    row('To', displayAccountId(to)),
    row('From', displayAccountId(from)),
    reference !== undefined && row('Reference', reference),
    at !== undefined && row('When', whenText(at)),
  );
}
