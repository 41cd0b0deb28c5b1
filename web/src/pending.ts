// The transfer that waits for its second factor. It lives in sessionStorage, so that it survives the redirect to
// the tenant, a reload and the back button, with the Idempotency-Key of the form's first submit: whatever is
// retried after that, the bank books it at most once. No token and no code is ever stored with it.

export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** A decimal string in the currency's own digits. */
  readonly amount: string;
  readonly currency: string;
}

export interface PendingTransfer {
  readonly key: string;
  readonly transfer: Transfer;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const slot = 'drawbridge.pending-transfer';

// The API remembers a key for ever; long before that a person has forgotten what was waiting.
const shelfLife = 30 * 60 * 1000;

export class PendingTransfers {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly #now: () => number;
  readonly #newKey: () => string;

  constructor(
    storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    now: () => number = Date.now,
    newKey: () => string = () => crypto.randomUUID(),
  ) {
    this.#storage = storage;
    this.#now = now;
    this.#newKey = newKey;
  }

  /** The pending transfer for what the form says: the same one while the form says the same, so a retry keeps its key. */
  begin(transfer: Transfer): PendingTransfer {
    const current = this.current();
    if (current && sameTransfer(current.transfer, transfer)) return current;
    const pending = { key: this.#newKey(), transfer, createdAt: this.#now() };
    this.#storage.setItem(slot, JSON.stringify(pending));
    return pending;
  }

  current(): PendingTransfer | undefined {
    const pending = parsePending(this.#storage.getItem(slot));
    if (pending && this.#now() - pending.createdAt < shelfLife) return pending;
    this.clear();
    return undefined;
  }

  /** The transfer was booked, refused for good, or given up. */
  clear(): void {
    this.#storage.removeItem(slot);
  }
}

function sameTransfer(a: Transfer, b: Transfer): boolean {
  return a.from === b.from && a.to === b.to && a.amount === b.amount && a.currency === b.currency;
}

// Storage is the user's to edit: what does not look like ours is no pending transfer.
function parsePending(stored: string | null): PendingTransfer | undefined {
  if (stored === null) return undefined;
  try {
    const { key, transfer, createdAt } = JSON.parse(stored) as PendingTransfer;
    const { from, to, amount, currency } = transfer;
    const texts = [key, from, to, amount, currency].every((value) => typeof value === 'string' && value !== '');
    return texts && typeof createdAt === 'number' ? { key, transfer: { from, to, amount, currency }, createdAt } : undefined;
  } catch {
    return undefined;
  }
}
