/**
 * Clients that know nothing of this tenant walk it: openid-client, oauth4webapi, auth0-spa-js and curl. Alice signs in
 * by the login form; all else is what each does at any OpenID provider, or at Auth0.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';

import { TYPE, details, newKey } from '../../test/harness/approvals.js';
import { ALICE, AUDIENCE, Browser, CALLBACK, WEB, startWorld } from '../../test/harness/world.js';

const run = promisify(execFile);
const SCOPE = 'openid profile email offline_access view:balance';

const KEY = newKey();

let world;
before(async () => { world = await startWorld({ approvalsKey: KEY.pem }); });
after(() => world.stop());

/** What a person does with an address that an app sends them to; answers the address that they come back to. */
async function signIn(url, browser = new Browser()) {
  const page = await browser.go(String(url));
  return new URL(new URL(page.url).origin === WEB ? page.url : (await browser.submit(page.url, ALICE)).url);
}

describe('openid-client', () => {
  it('asks for an approval by the back channel, and polls until it is there', async () => {
    const { client_id: id } = world.tenant.clients.find(({ name }) => name === 'Drawbridge Approvals');
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const der = KEY.privateKey.export({ type: 'pkcs8', format: 'der' });
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    const config = await discover(id, undefined, oidc.PrivateKeyJwt({ key, kid: KEY.kid }));
    const asked = await oidc.initiateBackchannelAuthentication(config, {
      scope: 'openid transfer:funds', audience: AUDIENCE, binding_message: '10.00_EUR',
      login_hint: JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: ALICE.sub }),
      authorization_details: JSON.stringify(details()),
    });
    const [push] = await world.challenges();
    await world.decide(push.id, 'approve');
    const tokens = await oidc.pollBackchannelAuthenticationGrant(config, asked);
    assert.deepEqual([tokens.claims().sub, tokens.authorization_details[0].type], [ALICE.sub, TYPE]);
  });

  const insecure = { execute: [oidc.allowInsecureRequests] };
  const discover = (id, secret, auth) => oidc.discovery(new URL(world.issuer), id, secret, auth, insecure);

  it('discovers, signs in, verifies, asks /userinfo, refreshes, revokes and signs out', async () => {
    const config = await discover(world.clientId);
    config.timeout = 30;
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK, scope: SCOPE, audience: AUDIENCE, state, nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
    const browser = new Browser();
    const answer = await signIn(url, browser);
    oidc.enableNonRepudiationChecks(config); // it verifies signatures by the key set
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
    assert.equal(tokens.claims().sub, ALICE.sub);
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, ALICE.sub)).email, ALICE.username);

    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    await oidc.tokenRevocation(config, refreshed.refresh_token);
    await assert.rejects(oidc.refreshTokenGrant(config, refreshed.refresh_token), {
      error: 'invalid_grant', status: 403, error_description: 'Unknown or invalid refresh token.',
    });

    const out = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: WEB });
    assert.equal((await browser.go(out.href)).url, `${WEB}/`);
  });

  it('takes the implicit answer of the document', async () => {
    const config = await discover(world.clientId);
    oidc.useIdTokenResponseType(config);
    const nonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      nonce,
      response_type: 'id_token',
    });
    const claims = await oidc.implicitAuthentication(config, await signIn(url), nonce);
    assert.equal(claims.sub, ALICE.sub);
  });

  it('gets a machine its token, and no token with a wrong secret', async () => {
    const { client_id: id } = world.bridge;
    const config = await discover(id, world.tenant.secretOf('Drawbridge Bridge'));
    assert.equal((await oidc.clientCredentialsGrant(config, { audience: AUDIENCE })).scope, 'create:session');
    const wrong = await discover(id, 'guessed');
    await assert.rejects(oidc.clientCredentialsGrant(wrong, { audience: AUDIENCE }), {
      error: 'access_denied',
      status: 401,
    });
  });
});

describe('oauth4webapi', () => {
  const options = { [oauth.allowInsecureRequests]: true };

  it('signs in, verifies the id_token by the key set, and the access token as an RFC 9068 one', async () => {
    const issuer = new URL(world.issuer);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const client = { client_id: world.clientId };
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: world.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: SCOPE,
      audience: AUDIENCE,
      state: 's',
      nonce: 'n',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const parameters = oauth.validateAuthResponse(server, client, await signIn(url), 's');
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, oauth.None(), parameters, CALLBACK, verifier, options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: 'n',
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, options);
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, ALICE.sub);

    const api = new Request('https://api.example.com/balance', {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, api, AUDIENCE, options);
    assert.deepEqual([claims.sub, claims.client_id], [ALICE.sub, world.clientId]);
  });
});

describe('auth0-spa-js', () => {
  /** As much of a page as the SDK touches. */
  function page() {
    const kept = new Map();
    const storage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    };
    Object.assign(globalThis, {
      window: globalThis,
      self: globalThis,
      sessionStorage: storage,
      localStorage: storage,
      location: new URL(WEB),
      document: { cookie: '' },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    });
  }

  it('signs in, refreshes, and knows a dead refresh token when it meets one', async () => {
    page();
    const kept = new Map();
    const cache = {
      get: (key) => kept.get(key),
      set: (key, value) => kept.set(key, value),
      remove: (key) => kept.delete(key),
      allKeys: () => [...kept.keys()],
    };
    const { Auth0Client } = await import('@auth0/auth0-spa-js');
    const client = new Auth0Client({
      domain: world.issuer.slice(0, -1), clientId: world.clientId, useRefreshTokens: true, cache,
      authorizationParams: { redirect_uri: CALLBACK, audience: AUDIENCE, scope: 'profile email view:balance' },
    });
    let url;
    await client.loginWithRedirect({ openUrl: (to) => { url = to; } });
    await client.handleRedirectCallback((await signIn(url)).href);
    assert.equal((await client.getUser()).email, ALICE.username);
    const first = await client.getTokenSilently({ detailedResponse: true });
    const second = await client.getTokenSilently({ detailedResponse: true, cacheMode: 'off' });
    assert.notEqual(second.access_token, first.access_token);
    assert.equal((await world.read(second.access_token)).claims.sub, ALICE.sub);

    const { refresh_token: token } = [...kept.values()].find(({ body }) => body?.refresh_token).body;
    const body = new URLSearchParams({ client_id: world.clientId, token });
    assert.equal((await fetch(world.url('oauth/revoke'), { method: 'POST', body })).status, 200);
    // By this text it falls back to an iframe, where there is a page to hold one.
    await assert.rejects(client.getTokenSilently({ cacheMode: 'off' }), {
      error: 'invalid_grant',
      message: /invalid refresh token/,
    });

    let out;
    await client.logout({ logoutParams: { returnTo: WEB }, openUrl: (to) => { out = to; } });
    assert.equal((await new Browser().go(out)).url, `${WEB}/`);
  });
});

describe('curl', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'curl-'));
  after(() => rmSync(folder, { recursive: true }));
  const curl = async (...options) =>
    (await run('curl', ['-sS', '--max-time', '20', '-b', `${folder}/jar`, '-c', `${folder}/jar`, ...options])).stdout;

  it('signs in by cookies and forms, and reads JSON', async (t) => {
    if (!(await run('curl', ['--version']).catch(() => undefined))) return t.skip('curl is not installed');
    const url = world.authorizeUrl({ response_type: 'token', scope: 'openid email view:balance' });
    const form = await curl('-L', '-o', '/dev/null', '-w', '%{url_effective}', url);
    // Redirects are followed up to the app, where nothing listens.
    let next = await curl(
      '-o',
      '/dev/null',
      '-w',
      '%{redirect_url}',
      '-d',
      `username=${ALICE.username}`,
      '-d',
      `password=${ALICE.password}`,
      form,
    );
    while (next.startsWith(world.issuer)) next = await curl('-o', '/dev/null', '-w', '%{redirect_url}', next);
    const token = new URLSearchParams(new URL(next).hash.slice(1)).get('access_token');
    assert.equal(
      JSON.parse(await curl('-H', `Authorization: Bearer ${token}`, world.url('userinfo'))).email,
      ALICE.username,
    );

    const request = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: world.bridge.client_id,
      client_secret: world.tenant.secretOf('Drawbridge Bridge'),
      audience: AUDIENCE,
    });
    const json = ['-H', 'content-type: application/json', '-d', request];
    assert.equal(JSON.parse(await curl(...json, world.url('oauth/token'))).token_type, 'Bearer');
    return undefined;
  });
});
