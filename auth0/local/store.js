/**
 * What oidc-provider remembers (sessions, interactions, codes, grants, refresh tokens), in memory. One store outlives
 * the provider, which is built anew when keys rotate. The interface is oidc-provider's Adapter.
 */

const SWEEP_EVERY = 60_000;

export class Store {
  #entries = new Map();
  #swept = Date.now();

  /** The adapter for one model, e.g. 'Session'. */
  adapter = (model) => new Adapter(this, model);

  get(key) {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  }

  set(key, payload, seconds) {
    this.#sweep();
    this.#entries.set(key, { payload, expiresAt: seconds ? Date.now() + seconds * 1000 : Infinity });
  }

  delete(key) {
    this.#entries.delete(key);
  }

  /** The first payload of a model that fits. */
  search(prefix, fits) {
    for (const key of this.#entries.keys()) {
      if (!key.startsWith(prefix)) continue;
      const payload = this.get(key);
      if (payload && fits(payload)) return payload;
    }
    return undefined;
  }

  deleteWhere(fits) {
    for (const [key, { payload }] of this.#entries) {
      if (fits(payload)) this.#entries.delete(key);
    }
  }

  #sweep() {
    const now = Date.now();
    if (now - this.#swept < SWEEP_EVERY) return;
    this.#swept = now;
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key);
    }
  }
}

class Adapter {
  constructor(store, model) {
    this.store = store;
    this.prefix = `${model}:`;
  }

  async upsert(id, payload, seconds) {
    this.store.set(this.prefix + id, payload, seconds);
  }

  async find(id) {
    return this.store.get(this.prefix + id);
  }

  async findByUid(uid) {
    return this.store.search(this.prefix, (payload) => payload.uid === uid);
  }

  async consume(id) {
    const payload = this.store.get(this.prefix + id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.store.delete(this.prefix + id);
  }

  async revokeByGrantId(grantId) {
    this.store.deleteWhere((payload) => payload.grantId === grantId);
  }
}
