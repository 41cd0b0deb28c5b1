// What happened underneath, for whoever wants to see it: one line for each exchange with the API and the tenant, in
// memory, newest last. A line names the kind of credential and its scope, never the credential.

export interface JournalEntry {
  readonly at: Date;
  /** Who spoke to whom: the bank's API, or the tenant. */
  readonly party: 'api' | 'tenant' | 'app';
  readonly title: string;
  /** "201", "403 insufficient_scope", "popup". */
  readonly outcome?: string;
  readonly ok: boolean;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type Listener = (entry: JournalEntry) => void;

// Enough for a session of trying things out; the oldest lines go first.
const capacity = 200;

export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #listeners = new Set<Listener>();

  record(entry: Omit<JournalEntry, 'at'>): void {
    const stamped = { at: new Date(), ...entry };
    this.#entries.push(stamped);
    if (this.#entries.length > capacity) this.#entries.shift();
    for (const listener of this.#listeners) listener(stamped);
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Calls listener for each entry from now on; the answer stops it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
