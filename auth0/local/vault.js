/**
 * What the tenant keeps from start to start, if it is given a folder: its signing keys, the clients' secrets and the
 * key that signs its cookies. Without a folder all of it is new at each start. Sessions and refresh tokens live in
 * memory only: after a restart users log in again.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Problem } from './problem.js';

const FILE = 'tenant-secrets.json';

export class Vault {
  #file;
  #kept = {};

  /** @param {string} [folder] */
  constructor(folder) {
    if (!folder) return;
    this.#file = path.join(folder, FILE);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#kept = JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return;
      throw new Problem(`cannot use ${this.#file}: ${error.message}. Remove it to start afresh.`);
    }
  }

  /** The value kept under this name; made and kept if there is none. */
  get(name, make) {
    if (!Object.hasOwn(this.#kept, name)) this.set(name, make());
    return this.#kept[name];
  }

  set(name, value) {
    this.#kept[name] = value;
    if (!this.#file) return;
    // Written beside and renamed: a crash leaves the old file or the new one, never half of one.
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#kept), { mode: 0o600 });
    renameSync(draft, this.#file);
  }

  /** 256 random bits, kept under this name. */
  secret(name) {
    return this.get(name, () => randomBytes(32).toString('base64url'));
  }
}

/** In constant time, over hashes: the lengths do not tell either. */
export function sameSecret(a, b) {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left, right);
}
