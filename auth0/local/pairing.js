/**
 * Makes one browser on the network the phone, and no other.
 *
 * The link carries a code of 130 random bits and is good for one use: the first browser to open it gets a key, in a
 * cookie, and only that key may see and decide challenges. If somebody else was first, the owner finds that the link no
 * longer works. Code and key are compared in constant time.
 */

import { randomBytes } from 'node:crypto';

import { sameSecret } from './vault.js';

/** Lower case and without letters that look alike: the link may have to be typed. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz023456789';
const CODE_LENGTH = 26;

export class Pairing {
  /** What stands in the link. */
  code = [...randomBytes(CODE_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  #key;

  /** Whether a link with this code would pair now. */
  accepts(code) {
    return this.#key === undefined && sameSecret(code, this.code);
  }

  /** Uses the link up. Answers the key of the browser that is the phone from now on, or undefined. */
  pair(code) {
    if (!this.accepts(code)) return undefined;
    this.#key = randomBytes(32).toString('base64url');
    return this.#key;
  }

  /** Whether this is the key of the paired browser. */
  isPaired(key) {
    return this.#key !== undefined && typeof key === 'string' && sameSecret(key, this.#key);
  }
}
