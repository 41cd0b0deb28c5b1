/**
 * The tenant's signing keys. As at Auth0 the published set always has the current key and the next one, so that
 * a cache of the set has a key before the first token is signed with it. After a rotation the previous key stays
 * published until the next rotation: its tokens live at most as long as token_lifetime, and remain valid.
 */

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { selfSigned } from './certificate.js';

const TEN_YEARS = 10 * 365 * 24 * 60 * 60 * 1000;

export class KeyRing {
  #vault;
  #keys;

  constructor(vault) {
    this.#vault = vault;
    this.#keys = vault.get('signing_keys', () => ({ current: newKey(), next: newKey() }));
    // A folder from before the keys had certificates.
    for (const key of Object.values(this.#keys)) Object.assign(key, certified(key));
  }

  /** Private JWKs, the one that signs first: oidc-provider signs with the first that fits. */
  get jwks() {
    const { current, next, previous } = this.#keys;
    return { keys: structuredClone([current, next, previous].filter(Boolean)) };
  }

  /** What is published: the members of a key that Auth0 publishes. */
  get published() {
    return {
      keys: this.jwks.keys.map(({ alg, kty, use, n, e, kid, x5t, x5c }) => ({ alg, kty, use, n, e, kid, x5t, x5c })),
    };
  }

  /** The claims of a JWT that one of these keys signed, whatever they say; undefined if it is none. */
  claimsOf(token) {
    const [header, payload, signature] = token.split('.');
    try {
      const { kid, alg } = decode(header);
      const key = createPublicKey({ key: this.published.keys.find((jwk) => jwk.kid === kid), format: 'jwk' });
      const signed = Buffer.from(`${header}.${payload}`);
      const genuine = alg === 'RS256' && verify('sha256', signed, key, Buffer.from(signature, 'base64url'));
      return genuine ? decode(payload) : undefined;
    } catch {
      return undefined;
    }
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
  return certified({ ...jwk, kid: thumbprint(jwk), alg: 'RS256', use: 'sig' });
}

/** Of an RSA key (RFC 7638): its members in this order. */
export function thumbprint({ e, kty, n }) {
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}

function decode(part) {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

/** The key with a certificate of its own and that certificate's thumbprint (RFC 7517, 4.7 and 4.8). */
function certified(jwk) {
  if (jwk.x5c) return jwk;
  const from = Date.now();
  const certificate = selfSigned(createPrivateKey({ key: jwk, format: 'jwk' }), 'localhost', from, from + TEN_YEARS);
  return {
    ...jwk,
    x5t: createHash('sha1').update(certificate).digest('base64url'),
    x5c: [certificate.toString('base64')],
  };
}
