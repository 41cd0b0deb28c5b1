// A transfer between Send and the bank's answer, with the one Idempotency-Key under which the bank books it at most
// once. What the page may say of it depends on whether a request that can pay has left:
//
//   - Before that it waits: in sessionStorage, so that it survives the redirect to the tenant, a reload and the back
//     button. Nothing was sent, so it may be given up, and it is forgotten after a while.
//   - From just before such a request leaves until the bank has answered for its key, its outcome is unknown: in
//     localStorage, so that it survives the tab and the day too. It cannot be given up: the same payment under
//     another key would be a second one.
//   - While the bank asks the person's phone, each request may pay, so it is unknown all the while, and asked about
//     again by any tab. The person may cancel between two requests.
//
// The first request under a key pays only with a step-up's token. Each later one may pay without: the bank may have
// asked the phone since, whatever the first one was answered.
//
// Each request that may pay is noted until it is answered. One without an answer may still be on its way to the bank's
// books: for a minute, no answer to another request of its key says that nothing was sent.
//
// Other tabs see localStorage at once, and a duplicated tab starts with a copy of sessionStorage: a key that one tab
// has settled is remembered for as long as a copy of it may wait elsewhere. Several people may use one browser: each
// transfer is shown to the customer whose account it leaves, and to nobody else. No token and no code is stored.

import { customerOf } from './account.ts';
import type { AskedTransfer, PendingTransfer, Transfer } from './pending-transfer.ts';
import { parsePending, sameRequest } from './pending-transfer.ts';
import { Refusal } from './problem.ts';

/** What is used of a Storage. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const waitingSlot = 'drawbridge.waiting-transfer';
export const unknownSlots = 'drawbridge.unknown-transfer.';
const settledSlots = 'drawbridge.settled-transfer.';
export const cancelSlot = 'drawbridge.cancelled-transfer';
const leftSlots = 'drawbridge.left-transfer.';
// One a request that may pay: the key, a space and an id.
const requestSlots = 'drawbridge.unanswered-request.';

// The API remembers a key for ever; long before that a person has forgotten what was waiting.
const shelfLife = 30 * 60 * 1000;

// API Gateway gives a request up after 29 s and Lambda ends the function soon after: what left longer ago than this
// is booked by now or never will be.
const flight = 60 * 1000;

export class PendingTransfers {
  readonly #tab: Shelf;
  readonly #browser: Shelf;
  readonly #now: () => number;
  readonly #newKey: () => string;

  constructor(
    tab: Shelf,
    browser: Shelf,
    now: () => number = () => Date.now(),
    newKey: () => string = () => crypto.randomUUID(),
  ) {
    this.#tab = tab;
    this.#browser = browser;
    this.#now = now;
    this.#newKey = newKey;
    this.#sweep();
  }

  /**
   * The pending transfer for what the form says: the same one while the form says the same, so its key stays. As all
   * that keeps something here, it throws the Refusal `nothing_kept` where the browser keeps nothing.
   */
  begin(transfer: Transfer): PendingTransfer {
    const same = [...this.#unknown(), this.waiting()].find((one) => one && sameRequest(one.transfer, transfer));
    if (same) return same;
    return this.#waits({ key: this.#newKey(), transfer });
  }

  /** What waits in this tab, and is the customer's if one is named. */
  waiting(customer?: string): PendingTransfer | undefined {
    const pending = parsePending(this.#tab.getItem(waitingSlot));
    if (pending === undefined || this.isUnknown(pending)) return undefined;
    const settled = this.#browser.getItem(settledSlots + pending.key) !== null;
    if (settled || this.#now() - pending.at >= shelfLife) {
      this.abandon();
      return undefined;
    }
    return customer === undefined || customerOf(pending.transfer.from) === customer ? pending : undefined;
  }

  /** The customer's oldest transfer of which nobody knows whether it was booked. */
  unknown(customer: string): PendingTransfer | undefined {
    return this.#unknown()
      .filter(({ transfer }) => customerOf(transfer.from) === customer)
      .sort((a, b) => a.at - b.at)[0];
  }

  isUnknown({ key }: PendingTransfer): boolean {
    return this.#browser.getItem(unknownSlots + key) !== null;
  }

  /**
   * A request is about to leave, with a token that pays or without. If this throws, it must stay. Returns its name, for
   * when it is answered.
   */
  departs(pending: PendingTransfer, pays: boolean): string {
    const { key, asking } = pending;
    const mayPay = pays || asking !== undefined || this.#browser.getItem(leftSlots + key) !== null;
    const request = `${requestSlots}${key} ${crypto.randomUUID()}`;
    this.#keep(this.#browser, leftSlots + key, String(this.#now()));
    if (mayPay) {
      this.#keep(this.#browser, request, String(this.#now()));
      this.#isUnknownFromHere(pending);
    }
    return request;
  }

  answered(request: string): void {
    this.#browser.removeItem(request);
  }

  /** The bank asks the phone for it. */
  asked(pending: AskedTransfer): void {
    this.#isUnknownFromHere(pending);
  }

  /** Whether a request of it may still be on its way to the bank's books. */
  mayArrive({ key }: PendingTransfer): boolean {
    const ages = this.#slots(`${requestSlots}${key} `).map((slot) => {
      const age = this.#now() - Number(this.#browser.getItem(slot));
      // The clock was set back: what the age is nobody can tell, so it counts from now.
      if (age < 0) this.#browser.setItem(slot, String(this.#now()));
      return age;
    });
    return ages.some((age) => age < flight);
  }

  /**
   * The bank has answered that it booked nothing: the transfer waits again, in this tab. False if it is as unknown as
   * before, since another request of it may still arrive.
   */
  unsent(pending: PendingTransfer): boolean {
    if (this.mayArrive(pending)) return false;
    this.#waits(pending);
    this.#browser.setItem(leftSlots + pending.key, String(this.#now()));
    this.#browser.removeItem(unknownSlots + pending.key);
    return true;
  }

  /** The bank has booked it, or refused it for good. */
  settle({ key }: PendingTransfer): void {
    for (const slot of [unknownSlots + key, leftSlots + key, ...this.#slots(`${requestSlots}${key} `)])
      this.#browser.removeItem(slot);
    this.#forgetWaiting(key);
    this.#sweep();
    try {
      this.#browser.setItem(settledSlots + key, String(this.#now()));
    } catch {
      // The bank has spoken all the same. What a copy of it sends has the key, and gets the bank's answer again.
    }
  }

  /** Tells every other tab that the person has cancelled: one of them may be asking the bank. */
  callOff({ key }: PendingTransfer): void {
    this.#browser.setItem(cancelSlot, key);
    this.#browser.removeItem(cancelSlot);
  }

  /** Gives up what waits in this tab. */
  abandon(): void {
    this.#tab.removeItem(waitingSlot);
  }

  #waits({ key, transfer }: Pick<PendingTransfer, 'key' | 'transfer'>): PendingTransfer {
    const pending = { key, transfer, at: this.#now() };
    this.#keep(this.#tab, waitingSlot, JSON.stringify(pending));
    return pending;
  }

  #isUnknownFromHere({ key, transfer, asking }: PendingTransfer): void {
    this.#keep(this.#browser, unknownSlots + key, JSON.stringify({ key, transfer, at: this.#now(), asking }));
    this.#forgetWaiting(key);
  }

  #keep(shelf: Shelf, slot: string, value: string): void {
    let cause: unknown;
    try {
      shelf.setItem(slot, value);
    } catch (error) {
      cause = error;
    }
    if (shelf.getItem(slot) !== value) throw new Refusal('nothing_kept', 0, {}, { from: 'page', cause });
  }

  #forgetWaiting(key: string): void {
    if (parsePending(this.#tab.getItem(waitingSlot))?.key === key) this.abandon();
  }

  #unknown(): PendingTransfer[] {
    return this.#slots(unknownSlots)
      .map((slot) => ({ slot, pending: parsePending(this.#browser.getItem(slot)) }))
      .flatMap(({ slot, pending }) => (pending && slot === unknownSlots + pending.key ? [pending] : []));
  }

  // No copy of a transfer waits longer than its shelf life, so what became of a key need not be remembered longer.
  #sweep(): void {
    for (const slot of [settledSlots, leftSlots, requestSlots].flatMap((prefix) => this.#slots(prefix))) {
      const age = this.#now() - Number(this.#browser.getItem(slot));
      if (!(age < shelfLife)) this.#browser.removeItem(slot);
    }
  }

  #slots(prefix: string): string[] {
    const names = Array.from({ length: this.#browser.length }, (_, index) => this.#browser.key(index) ?? '');
    return names.filter((name) => name.startsWith(prefix));
  }
}
