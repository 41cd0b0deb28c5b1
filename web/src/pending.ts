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
// Other tabs see localStorage at once, and a duplicated tab starts with a copy of sessionStorage: a key that one tab
// has settled is remembered for as long as a copy of it may wait elsewhere. Several people may use one browser: each
// transfer is shown to the customer whose account it leaves, and to nobody else. No token and no code is stored.

import { customerOf } from './account.ts';

export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** A decimal string in the currency's own digits. */
  readonly amount: string;
  readonly currency: string;
  /** What the payer tells the payee; absent if nothing. */
  readonly reference?: string;
}

/** The bank asks the person's phone. */
export interface Asking {
  /** When the phone asks no longer, in milliseconds since the epoch, by the bank's clock. */
  readonly until: number;
  /** After how many seconds the bank wants to be asked again. */
  readonly every: number;
  /** When a request left that has no answer, by the same clock; absent if there is none. */
  readonly lostAt?: number;
}

export interface PendingTransfer {
  readonly key: string;
  readonly transfer: Transfer;
  /** Present while the phone is asked. */
  readonly asking?: Asking;
  /** When it was begun or, if its outcome is unknown, when it last left; in milliseconds since the epoch. */
  readonly at: number;
}

/** What is used of a Storage. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

// What POST /transfer takes as an Idempotency-Key.
const keyShape = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,128}$/;

const waitingSlot = 'drawbridge.waiting-transfer';
export const unknownSlots = 'drawbridge.unknown-transfer.';
const settledSlots = 'drawbridge.settled-transfer.';
export const cancelSlot = 'drawbridge.cancelled-transfer';
const leftSlots = 'drawbridge.left-transfer.';

// The API remembers a key for ever; long before that a person has forgotten what was waiting.
const shelfLife = 30 * 60 * 1000;

// API Gateway gives a request up after 29 s and Lambda ends the function soon after: what left longer ago than this
// is booked by now or never will be.
export const flight = 60 * 1000;

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

  /** The pending transfer for what the form says: the same one while the form says the same, so its key stays. */
  begin(transfer: Transfer): PendingTransfer {
    const same = [...this.#unknown(), this.waiting()].find((one) => one && sameRequest(one.transfer, transfer));
    if (same) return same;
    const pending = { key: this.#newKey(), transfer, at: this.#now() };
    this.#tab.setItem(waitingSlot, JSON.stringify(pending));
    return pending;
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
   * A request is about to leave, with a token that pays or without. Throws where the browser does not keep that: then
   * the request must stay.
   */
  departs(pending: PendingTransfer, pays: boolean): void {
    const { key, transfer, asking } = pending;
    const mayPay = pays || asking !== undefined || this.#browser.getItem(leftSlots + key) !== null;
    this.#keep(leftSlots + key, String(this.#now()));
    if (!mayPay) return;
    this.#keep(unknownSlots + key, JSON.stringify({ key, transfer, at: this.#now(), asking }));
    this.#forgetWaiting(key);
  }

  /** Whether a request of it may still be on its way to the bank's books. */
  mayBeInFlight({ key }: PendingTransfer): boolean {
    const slot = unknownSlots + key;
    const pending = parsePending(this.#browser.getItem(slot));
    if (pending === undefined) return false;
    const age = this.#now() - pending.at;
    // The clock was set back: what the age is nobody can tell, so it counts from now.
    if (age < 0) this.#browser.setItem(slot, JSON.stringify({ ...pending, at: this.#now() }));
    return age < flight;
  }

  /** The bank has answered that it booked nothing: the transfer waits again, in this tab. */
  unsent({ key, transfer }: PendingTransfer): void {
    this.#tab.setItem(waitingSlot, JSON.stringify({ key, transfer, at: this.#now() }));
    this.#browser.setItem(leftSlots + key, String(this.#now()));
    this.#browser.removeItem(unknownSlots + key);
  }

  /** The bank has booked it, or refused it for good. */
  settle({ key }: PendingTransfer): void {
    this.#browser.removeItem(unknownSlots + key);
    this.#browser.removeItem(leftSlots + key);
    this.#browser.setItem(settledSlots + key, String(this.#now()));
    this.#forgetWaiting(key);
    this.#sweep();
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

  #keep(slot: string, value: string): void {
    this.#browser.setItem(slot, value);
    if (this.#browser.getItem(slot) !== value) throw new Error('localStorage keeps nothing');
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
    for (const slot of [settledSlots, leftSlots].flatMap((prefix) => this.#slots(prefix))) {
      const age = this.#now() - Number(this.#browser.getItem(slot));
      if (!(age < shelfLife)) this.#browser.removeItem(slot);
    }
  }

  #slots(prefix: string): string[] {
    const names = Array.from({ length: this.#browser.length }, (_, index) => this.#browser.key(index) ?? '');
    return names.filter((name) => name.startsWith(prefix));
  }
}

/** Whether both move the same amount between the same accounts. */
export function sameTransfer(a: Transfer, b: Transfer): boolean {
  return a.from === b.from && a.to === b.to && a.amount === b.amount && a.currency === b.currency;
}

// The same request, which also tells the payee the same.
function sameRequest(a: Transfer, b: Transfer): boolean {
  return sameTransfer(a, b) && a.reference === b.reference;
}

// Storage is the user's to edit: what does not look like ours is no pending transfer.
function parsePending(stored: string | null): PendingTransfer | undefined {
  if (stored === null) return undefined;
  try {
    const { key, transfer, at, asking } = JSON.parse(stored) as PendingTransfer;
    const { from, to, amount, currency, reference } = transfer;
    if (reference !== undefined && typeof reference !== 'string') return undefined;
    const texts = [from, to, amount, currency].every((value) => typeof value === 'string' && value !== '');
    if (!texts || typeof key !== 'string' || !keyShape.test(key) || typeof at !== 'number') return undefined;
    return {
      key,
      transfer: { from, to, amount, currency, ...(reference !== undefined && { reference }) },
      at,
      ...(asking !== undefined && { asking: parseAsking(asking) }),
    };
  } catch {
    return undefined;
  }
}

function parseAsking({ until, every, lostAt }: Asking): Asking {
  if (typeof until !== 'number' || !(every >= 1)) throw new TypeError('no asking of ours');
  return { until, every, ...(typeof lostAt === 'number' && { lostAt }) };
}
