/** The bank's side of approval by the back channel: its key, its assertions, its requests. */

import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

import { ALICE, AUDIENCE } from './world.js';

export const CIBA = 'urn:openid:params:grant-type:ciba';
export const TYPE = 'urn:auth0:schemas:authorization-details:v1:transfer';

const MESSAGE = 'Transfer-10.00-EUR';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A key pair of the client: {privateKey, pem, kid}. */
export function newKey(modulusLength = 2048) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const publicKey = createPublicKey(privateKey);
  const { e, kty, n } = publicKey.export({ format: 'jwk' });
  return {
    privateKey,
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    kid: createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url'),
  };
}

export function details(changes = {}) {
  return [{
    type: TYPE,
    instruction: 'Approve this transfer',
    properties: {
      payee: { display: true, name: 'To', display_order: 2, value: '1000000002-01' },
      amount: { display: true, name: 'Amount', display_order: 1, value: '10.00 EUR' },
      from: { display: true, name: 'From', display_order: 3, value: '1000000001-01' },
      key: { display: false, value: 'AAAAAAAAAAAAAAAAAAAAAA' },
    },
    ...changes,
  }];
}

/** The client as the function of the bank is it. */
export class Approvals {
  constructor(world, key) {
    Object.assign(this, { world, key });
    this.clientId = world.tenant.clients.find(({ name }) => name === 'Drawbridge Approvals').client_id;
  }

  /** @param {object} [changes] of the claims; {header} of the header, {key} signs with another */
  assertion({ header, key = this.key, ...claims } = {}) {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
      { alg: 'RS256', typ: 'JWT', kid: key.kid, ...header },
      {
        iss: this.clientId, sub: this.clientId, aud: this.world.issuer, jti: randomUUID(), iat: now, exp: now + 60,
        ...claims,
      },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const signature = sign('sha256', Buffer.from(parts.join('.')), key.privateKey);
    return [...parts, signature.toString('base64url')].join('.');
  }

  /** POST /bc-authorize: {status, headers, body}. A change that is undefined leaves the parameter out. */
  ask(changes = {}) {
    return this.post('bc-authorize', {
      scope: 'openid transfer:funds',
      audience: AUDIENCE,
      login_hint: JSON.stringify({ format: 'iss_sub', iss: this.world.issuer, sub: ALICE.sub }),
      binding_message: MESSAGE,
      requested_expiry: '300',
      authorization_details: JSON.stringify(details()),
      ...changes,
    });
  }

  poll({ auth_req_id: id }, changes = {}) {
    return this.post('oauth/token', { grant_type: CIBA, auth_req_id: id, ...changes });
  }

  async post(path, parameters) {
    const form = {
      client_id: this.clientId, client_assertion_type: ASSERTION, client_assertion: this.assertion(), ...parameters,
    };
    const body = new URLSearchParams(Object.entries(form).filter(([, value]) => value !== undefined));
    const response = await fetch(this.world.url(path), { method: 'POST', body });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
}
