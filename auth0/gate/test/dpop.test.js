/** Clients that know nothing of this tenant get tokens bound to their keys: npm's dpop, oauth4webapi, auth0-spa-js. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import * as dpop from 'dpop';
import * as oauth from 'oauth4webapi';

import {
  ALICE, AUDIENCE, Browser, CALLBACK, WEB, newPkce, readCallback, startWorld,
} from '../../test/harness/world.js';

const SCOPE = 'openid offline_access view:balance';
const worlds = {};
const modes = ['off', 'allowed', 'required'];
before(async () => {
  for (const mode of modes) worlds[mode] = await startWorld({ dpop: mode });
});
after(() => Promise.all(Object.values(worlds).map((world) => world.stop())));

/** An app with a key of its own. */
async function app(world) {
  const key = await dpop.generateKeyPair('ES256');
  const jkt = await dpop.calculateThumbprint(key.publicKey);
  const url = world.url('oauth/token');
  let nonce;
  return {
    key,
    jkt,
    /** A code, and its verifier. */
    async code({ scope = SCOPE, audience = AUDIENCE, ...extra } = {}) {
      const { verifier, parameters } = newPkce();
      const request = { response_type: 'code', scope, audience, ...parameters, ...extra };
      const page = await world.authorize(new Browser(), request);
      const { code } = readCallback(page.url);
      return { grant_type: 'authorization_code', redirect_uri: CALLBACK, code, code_verifier: verifier };
    },
    /** What /oauth/token answers: {status, headers, ...body}. */
    async send(form, { by = key, withNonce = nonce, proof } = {}) {
      proof ??= await dpop.generateProof(by, url, 'POST', withNonce);
      const response = await fetch(url, {
        method: 'POST',
        headers: { origin: WEB, ...(proof && { dpop: proof }) },
        body: new URLSearchParams({ client_id: world.clientId, ...form }),
      });
      nonce = response.headers.get('dpop-nonce') ?? nonce;
      return { status: response.status, headers: response.headers, ...(await response.json()) };
    },
    /** The same, with the nonce that the first answer brings. */
    async trade(form, options) {
      const first = await this.send(form, options);
      return first.error === 'use_dpop_nonce' ? this.send(form, options) : first;
    },
  };
}

const refusal = ({ status, error }) => [status, error];
const bindingOf = async (world, token) => (await world.read(token)).claims.cnf;

describe('a token is bound', () => {
  for (const mode of modes) {
    const bound = mode !== 'off';
    it(`${bound ? 'to the key that the app proves' : 'to nothing'}, if DPOP is ${mode}`, async () => {
      const world = worlds[mode];
      const client = await app(world);
      const answer = await client.trade(await client.code({ dpop_jkt: client.jkt }));
      assert.equal(answer.token_type, bound ? 'DPoP' : 'Bearer');
      assert.deepEqual(await bindingOf(world, answer.access_token), bound ? { jkt: client.jkt } : undefined);

      const renewed = await client.trade({ grant_type: 'refresh_token', refresh_token: answer.refresh_token });
      assert.equal(renewed.token_type, answer.token_type);
      assert.deepEqual(await bindingOf(world, renewed.access_token), bound ? { jkt: client.jkt } : undefined);
    });
  }

  it('to nothing if no proof comes, and then a refresh needs none', async () => {
    const client = await app(worlds.allowed);
    const answer = await client.send(await client.code(), { proof: '' });
    assert.deepEqual([answer.status, answer.token_type], [200, 'Bearer']);
    const refresh = { grant_type: 'refresh_token', refresh_token: answer.refresh_token };
    const renewed = await client.send(refresh, { proof: '' });
    assert.equal(renewed.token_type, 'Bearer');
  });

  it('to nothing for the bridge, which proves no key', async () => {
    const { bridge, tenant } = worlds.required;
    const answer = await worlds.required.token({
      grant_type: 'client_credentials', audience: AUDIENCE,
      client_id: bridge.client_id, client_secret: tenant.secretOf('Drawbridge Bridge'),
    });
    assert.equal(answer.token_type, 'Bearer');
  });
});

describe('a token request is refused', () => {
  it('without a nonce, which the answer brings; and the app may read it', async () => {
    const client = await app(worlds.allowed);
    const answer = await client.send(await client.code());
    assert.deepEqual(refusal(answer), [400, 'use_dpop_nonce']);
    assert.equal(answer.error_description, 'Authorization server requires nonce in DPoP proof');
    assert.equal(answer.headers.get('access-control-allow-origin'), WEB);
    assert.match(answer.headers.get('access-control-expose-headers'), /DPoP-Nonce/i);
    assert.ok(answer.headers.get('dpop-nonce'));
  });

  it('with a nonce that is not the tenant\'s', async () => {
    const client = await app(worlds.allowed);
    const answer = await client.send(await client.code(), { withNonce: 'guessed' });
    assert.deepEqual(refusal(answer), [400, 'use_dpop_nonce']);
  });

  it('with another key than dpop_jkt named', async () => {
    const client = await app(worlds.allowed);
    const thief = await app(worlds.allowed);
    assert.deepEqual(refusal(await thief.trade(await client.code({ dpop_jkt: client.jkt }))), [403, 'invalid_grant']);
  });

  it('without a proof if dpop_jkt named a key', async () => {
    const client = await app(worlds.allowed);
    const answer = await client.send(await client.code({ dpop_jkt: client.jkt }), { proof: '' });
    assert.deepEqual(refusal(answer), [403, 'invalid_grant']);
  });

  it('with another key at a refresh, or none; and the login\'s own key still refreshes', async () => {
    const client = await app(worlds.allowed);
    const { refresh_token: token } = await client.trade(await client.code());
    const refresh = { grant_type: 'refresh_token', refresh_token: token };
    const { key: other } = await app(worlds.allowed);
    assert.deepEqual(refusal(await client.trade(refresh, { by: other })), [403, 'invalid_grant']);
    assert.deepEqual(refusal(await client.send(refresh, { proof: '' })), [403, 'invalid_grant']);
    assert.equal((await client.trade(refresh)).token_type, 'DPoP');
  });

  it('with a proof that was used', async () => {
    const client = await app(worlds.allowed);
    const { headers } = await client.send(await client.code());
    const url = worlds.allowed.url('oauth/token');
    const proof = await dpop.generateProof(client.key, url, 'POST', headers.get('dpop-nonce'));
    assert.equal((await client.send(await client.code(), { proof })).status, 200);
    assert.deepEqual(refusal(await client.send(await client.code(), { proof })), [403, 'invalid_grant']);
  });

  it('with a proof for another address, or by another algorithm', async () => {
    const client = await app(worlds.allowed);
    const { headers } = await client.send(await client.code());
    const nonce = headers.get('dpop-nonce');
    const elsewhere = await dpop.generateProof(client.key, worlds.allowed.url('userinfo'), 'POST', nonce);
    const answer = await client.send(await client.code(), { proof: elsewhere });
    assert.deepEqual(refusal(answer), [400, 'invalid_dpop_proof']);
    const by = await dpop.generateKeyPair('Ed25519');
    assert.deepEqual(refusal(await client.trade(await client.code(), { by })), [400, 'invalid_dpop_proof']);
  });

  it('without a proof if DPOP is required: the code and the refresh token stay good', async () => {
    const client = await app(worlds.required);
    const code = await client.code();
    assert.deepEqual(refusal(await client.send(code, { proof: '' })), [400, 'invalid_request']);
    const { refresh_token: token } = await client.trade(code);
    const refresh = { grant_type: 'refresh_token', refresh_token: token };
    assert.deepEqual(refusal(await client.send(refresh, { proof: '' })), [400, 'invalid_request']);
    assert.equal((await client.trade(refresh)).token_type, 'DPoP');
  });

  it('through the address bar if DPOP is required', async () => {
    const implicit = { response_type: 'token', scope: 'view:balance' };
    const [open, closed] = await Promise.all([worlds.allowed, worlds.required].map(async (world) =>
      readCallback((await world.authorize(new Browser(), implicit)).url)));
    assert.equal(open.token_type, 'Bearer');
    assert.match(closed.error_description, /response_type is not allowed/);
    assert.equal(closed.access_token, undefined);
  });
});

describe('oauth4webapi', () => {
  const options = { [oauth.allowInsecureRequests]: true };

  it('signs in with DPoP by discovery, refreshes, and reads /userinfo', async () => {
    const world = worlds.required;
    const issuer = new URL(world.issuer);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    assert.deepEqual(server.dpop_signing_alg_values_supported, ['ES256']);
    const client = { client_id: world.clientId };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const verifier = oauth.generateRandomCodeVerifier();
    const page = await world.authorize(new Browser(), {
      response_type: 'code', scope: SCOPE, dpop_jkt: await DPoP.calculateThumbprint(),
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
    const parameters = oauth.validateAuthResponse(server, client, new URL(page.url), 'a-state');
    const twice = async (request, process) => {
      try {
        return await process(await request());
      } catch (error) {
        if (!oauth.isDPoPNonceError(error)) throw error;
        return process(await request());
      }
    };
    const tokens = await twice(
      () =>
        oauth.authorizationCodeGrantRequest(
          server, client, oauth.None(), parameters, CALLBACK, verifier, { DPoP, ...options },
        ),
      (response) => oauth.processAuthorizationCodeResponse(server, client, response),
    );
    assert.equal(tokens.token_type, 'dpop');
    const refreshed = await twice(
      () => oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token, { DPoP, ...options }),
      (response) => oauth.processRefreshTokenResponse(server, client, response),
    );
    const about = await oauth.userInfoRequest(server, client, refreshed.access_token, { DPoP, ...options });
    assert.equal((await oauth.processUserInfoResponse(server, client, ALICE.sub, about)).sub, ALICE.sub);

    const headers = { authorization: `Bearer ${refreshed.access_token}` };
    const asBearer = await fetch(server.userinfo_endpoint, { headers });
    assert.equal(asBearer.status, 401);
    assert.equal(asBearer.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    const otherKey = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const stolen = await oauth.userInfoRequest(server, client, refreshed.access_token, { DPoP: otherKey, ...options });
    assert.equal(stolen.status, 401);
  });
});
