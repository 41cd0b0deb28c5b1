/**
 * The one setting of the back channel: the public keys of the client "Drawbridge Approvals", as PEM. With it, the lines
 * of tenant.yaml that begin with ##BACK_CHANNEL## count; without it they are comments.
 *
 * Two keys may stand one after the other, while one takes the other's place: Auth0 accepts two credentials of a client
 * at once. A credential is named by its key's thumbprint, which is also the `kid` that Auth0 gives it: the deploy CLI
 * knows credentials by name, and leaves alone the one that is there.
 *
 * https://auth0.com/docs/get-started/applications/configure-private-key-jwt
 */

import { createPublicKey } from 'node:crypto';

import { thumbprint } from './keys.js';

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g;
export const MAX_KEYS = 2;
const MIN_BITS = 2048;

/**
 * @param {string} [pem]  nothing or '' is no back channel
 * @returns {{BACK_CHANNEL: string, APPROVALS_CREDENTIALS: string}} what the keywords of tenant.yaml stand for
 * @throws {Error} in words that leave the value out: somebody may have given the private key
 */
export function backChannelKeywords(pem) {
  const credentials = pem ? readKeys(pem) : [];
  return { BACK_CHANNEL: pem ? '' : '#', APPROVALS_CREDENTIALS: JSON.stringify(credentials) };
}

function readKeys(pem) {
  const blocks = [...pem.matchAll(BLOCK)];
  if (blocks.length === 0 || pem.replace(BLOCK, '').trim() !== '') throw new Error('it is not PEM');
  if (blocks.length > MAX_KEYS) throw new Error(`it has more than ${MAX_KEYS} keys`);
  const credentials = blocks.map(([block, label]) => {
    if (label !== 'PUBLIC KEY') throw new Error(`it has a ${label}: give the public key`);
    return { name: thumbprint(publicJwk(block)), credential_type: 'public_key', pem: block };
  });
  if (new Set(credentials.map(({ name }) => name)).size < credentials.length) throw new Error('it has one key twice');
  return credentials;
}

/** The public key of a credential as a JWK of a client, for oidc-provider. */
export function credentialJwk({ pem }) {
  const jwk = publicJwk(pem);
  return { ...jwk, kid: thumbprint(jwk), alg: 'RS256', use: 'sig' };
}

function publicJwk(pem) {
  let key;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error('a key cannot be read');
  }
  if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails.modulusLength < MIN_BITS) {
    throw new Error(`a key is not RSA of at least ${MIN_BITS} bits`);
  }
  const { kty, n, e } = key.export({ format: 'jwk' });
  return { kty, n, e };
}
