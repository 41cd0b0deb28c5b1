// A transfer that the bank has not answered for: what it moves, and what is stored of it.

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
}

export interface PendingTransfer {
  readonly key: string;
  readonly transfer: Transfer;
  /** Present while the phone is asked. */
  readonly asking?: Asking;
  /** When it was begun or, if its outcome is unknown, when it last left; in milliseconds since the epoch. */
  readonly at: number;
}

/** A transfer whose approval the phone is asked for. */
export type AskedTransfer = PendingTransfer & { readonly asking: Asking };

// What POST /transfer takes as an Idempotency-Key.
const keyShape = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,128}$/;

/** Whether both move the same amount between the same accounts. */
export function sameTransfer(a: Transfer, b: Transfer): boolean {
  return a.from === b.from && a.to === b.to && a.amount === b.amount && a.currency === b.currency;
}

/** Whether both also tell the payee the same: then one is the other, sent again. */
export function sameRequest(a: Transfer, b: Transfer): boolean {
  return sameTransfer(a, b) && a.reference === b.reference;
}

/** What pending.ts stored. Storage is the user's to edit: what does not look like ours is no pending transfer. */
export function parsePending(stored: string | null): PendingTransfer | undefined {
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

function parseAsking({ until, every }: Asking): Asking {
  if (typeof until !== 'number' || !(every >= 1)) throw new TypeError('no asking of ours');
  return { until, every };
}
