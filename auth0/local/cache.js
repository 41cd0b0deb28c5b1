/** `api.cache`, with Auth0's limits: what would not be kept there is not kept here. */

const MAX_ENTRIES = 20;
const MAX_KEY = 64;
const MAX_VALUE = 4096;
const MAX_TOTAL = 8192;
const DEFAULT_TTL = 15 * 60 * 1000;
const MAX_TTL = 24 * 60 * 60 * 1000;

export class ActionCache {
  #entries = new Map();

  get(key) {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expires_at <= Date.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return { value: entry.value, expires_at: entry.expires_at };
  }

  /** ttl in ms. Answers as Auth0: {type: 'success'} or {type: 'error', code}. */
  set(key, value, { ttl = DEFAULT_TTL, expires_at: expiresAt } = {}) {
    if (typeof key !== 'string' || typeof value !== 'string') return refused('invalid_argument');
    if (Buffer.byteLength(key) > MAX_KEY) return refused('cache_key_too_long');
    if (Buffer.byteLength(value) > MAX_VALUE) return refused('cache_value_too_long');
    this.#dropExpired();
    const others = [...this.#entries].filter(([other]) => other !== key);
    const total = others.reduce((sum, [other, entry]) => sum + Buffer.byteLength(other + entry.value), 0);
    if (others.length >= MAX_ENTRIES || total + Buffer.byteLength(key + value) > MAX_TOTAL)
      return refused('cache_full');
    const latest = Date.now() + MAX_TTL;
    this.#entries.set(key, { value, expires_at: Math.min(expiresAt ?? Date.now() + ttl, latest) });
    return { type: 'success' };
  }

  delete(key) {
    this.#entries.delete(key);
    return { type: 'success' };
  }

  #dropExpired() {
    for (const key of [...this.#entries.keys()]) this.get(key);
  }
}

function refused(code) {
  return { type: 'error', code };
}
