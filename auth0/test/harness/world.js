/** The tenant on a free port with a fake bank beside it, and the steps that a user and an app take through it. */

import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startTenant } from '../../local/server.js';
import { startBank } from './bank.js';
import { Browser } from './browser.js';

const AUTH0 = fileURLToPath(new URL('../../', import.meta.url));
export const FILES = { tenant: path.join(AUTH0, 'tenant.yaml'), users: path.join(AUTH0, '../local/seed.yaml') };

export const WEB = 'http://localhost:3002';
export const CALLBACK = `${WEB}/callback`;
export const AUDIENCE = 'https://my-banking-api';
export const MFA_AT = `${AUDIENCE}/mfa_at`;
export const ALICE = {
  username: 'alice@example.com',
  password: 'alice-at-auth0',
  sub: 'auth0|66f0a1c0de00000000000001',
};
export const BOB = { username: 'bob@example.com', password: 'bob-at-auth0', sub: 'auth0|66f0a1c0de00000000000002' };

/** The worlds of one test file share their keys: making RSA keys is most of a start. */
const data = mkdtempSync(path.join(tmpdir(), 'tenant-data-'));
process.once('exit', () => rmSync(data, { recursive: true }));

export async function startWorld(overrides = {}) {
  const bank = await startBank();
  const lines = [];
  const options = { port: 0, ...FILES, api: bank.url, web: WEB, data, log: (line) => lines.push(line), ...overrides };
  const tenant = await startTenant(options);
  return new World(tenant, bank, lines);
}

class World {
  constructor(tenant, bank, lines) {
    Object.assign(this, { tenant, bank, lines, issuer: tenant.issuer });
    this.clientId = tenant.clients.find(({ name }) => name === 'Drawbridge Web').client_id;
    this.bridge = tenant.clients.find(({ name }) => name === 'Drawbridge Bridge');
  }

  async stop() {
    await this.tenant.stop();
    await this.bank.stop();
  }

  url(route) {
    return new URL(route, this.issuer).href;
  }

  authorizeUrl(parameters) {
    const query = {
      audience: AUDIENCE,
      client_id: this.clientId,
      redirect_uri: CALLBACK,
      state: 'a-state',
      ...parameters,
    };
    return `${this.url('authorize')}?${new URLSearchParams(query)}`;
  }

  /** Authorizes, logs in if asked to, and stops at the push or at the app. */
  async authorize(browser, parameters, user = ALICE) {
    const page = await browser.go(this.authorizeUrl(parameters));
    if (!new URL(page.url).pathname.startsWith('/u/login/')) return page;
    return browser.submit(page.url, { username: user.username, password: user.password });
  }

  async challenges() {
    return (await fetch(this.url('phone/challenges'))).json();
  }

  async decide(id, decision) {
    return fetch(this.url(`phone/challenges/${id}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision }),
    });
  }

  /** Answers the newest push and goes on from the page that waits for it. */
  async answerPush(browser, page, decision = 'approve') {
    const [challenge] = await this.challenges();
    await this.decide(challenge.id, decision);
    return browser.go(page.url);
  }

  /** An authorize request of code + PKCE, from the login to the token response. */
  async codeFlow(browser, { scope, user, decision, ...parameters }) {
    const pkce = newPkce();
    // Without openid there is no id_token for a nonce to stand in.
    const nonce = scope.includes('openid') && { nonce: randomBytes(12).toString('hex') };
    const request = { response_type: 'code', scope, ...nonce, ...pkce.parameters, ...parameters };
    let page = await this.authorize(browser, request, user);
    if (new URL(page.url).pathname.startsWith('/u/mfa-push/')) page = await this.answerPush(browser, page, decision);
    const answer = readCallback(page.url);
    return answer.code ? this.exchange(answer.code, pkce.verifier) : { error: answer };
  }

  async exchange(code, verifier) {
    return this.token({
      grant_type: 'authorization_code',
      client_id: this.clientId,
      redirect_uri: CALLBACK,
      code,
      code_verifier: verifier,
    });
  }

  refresh(refreshToken, scope) {
    return this.token({
      grant_type: 'refresh_token',
      client_id: this.clientId,
      refresh_token: refreshToken,
      ...(scope && { scope }),
    });
  }

  async token(form) {
    const response = await fetch(this.url('oauth/token'), { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, ...(await response.json()) };
  }

  async jwks() {
    return (await (await fetch(this.url('.well-known/jwks.json'))).json()).keys;
  }

  /** Verifies the signature with the published keys; answers {header, claims}. */
  async read(token) {
    const [header, payload, signature] = token.split('.');
    const decoded = JSON.parse(Buffer.from(header, 'base64url'));
    const key = (await this.jwks()).find(({ kid }) => kid === decoded.kid);
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const genuine = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!genuine) throw new Error("the signature is not the tenant's");
    return { header: decoded, claims: JSON.parse(Buffer.from(payload, 'base64url')) };
  }
}

export function newPkce() {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, parameters: { code_challenge: challenge, code_challenge_method: 'S256' } };
}

/** What the app is given: the parameters of the query and of the fragment. */
export function readCallback(url) {
  const { searchParams, hash } = new URL(url);
  return { ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(hash.slice(1))) };
}

export { Browser };
