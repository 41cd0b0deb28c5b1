/**
 * The tenant's signing keys. As at Auth0 the published set always has the current key and the next one, so that
 * whoever caches the set knows a key before the first token is signed with it. After a rotation the previous key stays
 * published until the next rotation: its tokens live at most as long as token_lifetime, and remain valid.
 */

import { createHash, generateKeyPairSync } from 'node:crypto';

export class KeyRing {
  #vault;
  #keys;

  constructor(vault) {
    this.#vault = vault;
    this.#keys = vault.get('signing_keys', () => ({ current: newKey(), next: newKey() }));
  }

  /** Private JWKs, the one that signs first: oidc-provider signs with the first that fits. */
  get jwks() {
    const { current, next, previous } = this.#keys;
    return { keys: structuredClone([current, next, previous].filter(Boolean)) };
  }

  rotate() {
    const { current, next } = this.#keys;
    this.#keys = { current: next, next: newKey(), previous: current };
    this.#vault.set('signing_keys', this.#keys);
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  // The thumbprint of RFC 7638: its members in this order.
  const kid = createHash('sha256').update(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n })).digest('base64url');
  return { ...jwk, kid, alg: 'RS256', use: 'sig' };
}
