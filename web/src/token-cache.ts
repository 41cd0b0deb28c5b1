// Where the SDK keeps tokens: an object in memory, gone with the page. The SDK's own memory cache cannot forget one
// token and keep the others; this one can, and a step-up token must be forgotten as soon as it has paid.

import type { Cacheable, ICache } from '@auth0/auth0-spa-js';

export class TokenCache implements ICache {
  readonly #entries = new Map<string, unknown>();

  set<T = Cacheable>(key: string, entry: T): void {
    this.#entries.set(key, entry);
  }

  get<T = Cacheable>(key: string): T | undefined {
    return this.#entries.get(key) as T | undefined;
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  allKeys(): string[] {
    return [...this.#entries.keys()];
  }

  /** All that is held, for restore. */
  snapshot(): ReadonlyMap<string, unknown> {
    return new Map(this.#entries);
  }

  /** Holds what the snapshot holds, and nothing else. */
  restore(snapshot: ReadonlyMap<string, unknown>): void {
    this.#entries.clear();
    for (const [key, entry] of snapshot) this.#entries.set(key, entry);
  }

  /** Forgets each access token that carries scope. The SDK's keys read `prefix::client::audience::scopes`. */
  forget(scope: string): void {
    for (const key of this.#entries.keys()) {
      if (key.split('::')[3]?.split(' ').includes(scope)) this.#entries.delete(key);
    }
  }
}
