// The stack takes no access token that is not bound to the key of its client (RFC 9449): the whole walk in the browser,
// a thief, and clients that know nothing of this project.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as dpop from 'dpop';
import * as oauth from 'oauth4webapi';
import { until } from './stack.js';
import {
  bankSays, onThePhone, person, seesAccounts, seesDone, sends, signInAtBank, signInAtTenant, signOutEverywhere,
  tenantLogin, world,
} from './world.js';

const w = world('Dpop=required');

/** Notes what the page sends to the API: [method and path, scheme, whether with a proof]. */
function listens(page, { api }) {
  const calls = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(api) || request.method() === 'OPTIONS') return;
    const { authorization, dpop: proof } = request.headers();
    const [scheme, token] = authorization?.split(' ') ?? [];
    calls.push({ call: `${request.method()} ${new URL(request.url()).pathname}`, scheme, token, proof });
  });
  return calls;
}

/** What the SDK keeps of keys in this browser: for each whether its private half can be taken out. */
const keys = (page) =>
  page.evaluate(async () => {
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await answer(indexedDB.open('auth0-spa-js'));
    const kept = await answer(database.transaction('keypair').objectStore('keypair').getAll());
    database.close();
    return kept.map(({ privateKey }) => privateKey.extractable);
  });

test('sign-in, bridge, step-up, transfer, reload, a second tab and sign-out, all with one key', async (t) => {
  const visitor = await person(t, w);
  const { page, context, stack } = visitor;
  const calls = listens(page, stack);
  await signInAtTenant(visitor);
  await sends(page, { amount: '12' });
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  assert.ok(calls.some(({ call, token }) => call === 'GET /balance' && token.startsWith('dbc_')));
  for (const { scheme, token, proof } of calls.filter(({ token }) => token?.startsWith('dbc_'))) {
    assert.deepEqual([scheme, proof], ['Bearer', undefined], `a code of the bank is no bound token: ${token.length}`);
  }
  const paid = calls.findLast(({ call }) => call === 'POST /transfer');
  assert.equal(paid.scheme, 'DPoP');
  assert.ok(paid.proof);
  assert.deepEqual(await keys(page), [false]);

  // The bank's code is gone with the page: now the access token reads.
  calls.length = 0;
  await page.reload();
  await seesAccounts(page);
  const reads = calls.filter(({ call }) => call === 'GET /balance');
  assert.ok(reads.length > 0 && reads.every(({ scheme, proof }) => scheme === 'DPoP' && proof), 'reads are proven');

  const tab = await context.newPage();
  await tab.goto(stack.web);
  await seesAccounts(tab);
  assert.deepEqual(await keys(tab), [false], 'the tabs share the key');

  await signOutEverywhere(visitor);
  assert.deepEqual(await keys(page), []);

  // A step-up of the bank's own session makes a key too, and there is no session at the tenant to end.
  await signInAtBank(visitor);
  const popup = page.waitForEvent('popup');
  await sends(page, { amount: '13' });
  await (await popup).getByLabel('Email').waitFor();
  assert.deepEqual(await keys(page), [false]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to your bank' }).waitFor();
  await until(async () => (await keys(page)).length === 0);
});

test('a stolen token is refused from another page, whatever it says', async (t) => {
  const victim = await person(t, w);
  const { stack } = victim;
  await signInAtTenant(victim);
  const calls = listens(victim.page, stack);
  await victim.page.reload();
  await seesAccounts(victim.page);
  const { token, proof } = calls.find(({ call, scheme }) => call === 'GET /balance' && scheme === 'DPoP');

  const thief = await person(t, w);
  await signInAtTenant(thief, { email: 'bob@example.com', tenantPassword: 'bob-at-auth0' });
  const from = (page, path, headers, method = 'GET') =>
    page.evaluate(
      async ([url, init]) => (await fetch(url, init)).status,
      [stack.api + path, { method, headers, credentials: 'omit' }],
    );
  const own = await dpop.generateKeyPair('ES256');
  const proofByOwnKey = await dpop.generateProof(own, `${stack.api}/balance`, 'GET', undefined, token);
  const attempts = {
    'as a Bearer token': ['/balance', { authorization: `Bearer ${token}` }],
    'without a proof': ['/balance', { authorization: `DPoP ${token}` }],
    'with a key of its own': ['/balance', { authorization: `DPoP ${token}`, dpop: proofByOwnKey }],
    'with a proof that was stolen too, on another route': [
      '/transfers',
      { authorization: `DPoP ${token}`, dpop: proof },
    ],
    'with that proof by another method': ['/balance', { authorization: `DPoP ${token}`, dpop: proof }, 'POST'],
    'with that proof and another token': ['/balance', { authorization: `DPoP ${token}x`, dpop: proof }],
  };
  for (const [title, [path, headers, method]] of Object.entries(attempts)) {
    const status = await from(thief.page, path, headers, method);
    assert.ok(status === 401 || (method && status === 403), `${title}: ${status}`);
  }
});

test('oauth4webapi and npm’s dpop, which know nothing of us, get a token and read with it', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  const options = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(`${stack.tenant}/`);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
  const { client_id: id, audience } = await (await fetch(`${stack.web}/config.json`)).json();
  const client = { client_id: id };
  const key = await oauth.generateKeyPair('ES256');
  const DPoP = oauth.DPoP(client, key);
  const verifier = oauth.generateRandomCodeVerifier();
  const redirect = `${stack.web}/callback`;
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: id, redirect_uri: redirect, response_type: 'code', scope: 'openid view:balance', audience, state: 's',
    dpop_jkt: await DPoP.calculateThumbprint(),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  await page.route(`${redirect}?*`, (route) => route.fulfill({ body: 'back' }));
  await page.goto(url.href);
  await tenantLogin(page);
  await page.waitForURL(`${redirect}?*`);
  const parameters = oauth.validateAuthResponse(server, client, new URL(page.url()), 's');

  /** Once more with the nonce that a refusal brought, as its documentation says. */
  const again = (request) =>
    request().catch((error) => (oauth.isDPoPNonceError(error) ? request() : Promise.reject(error)));
  const exchange = async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, redirect, verifier, {
        DPoP,
        ...options,
      }),
    );
  const { access_token: token } = await again(exchange);
  const read = (path) =>
    again(() =>
      oauth.protectedResourceRequest(token, 'GET', new URL(stack.api + path), undefined, undefined, {
        DPoP,
        ...options,
      }),
    );
  const balance = await read('/balance');
  assert.deepEqual(await balance.json(), await bankSays(visitor));
  assert.ok(balance.headers.get('dpop-nonce'), 'each answer brings the next nonce');
  assert.equal((await read('/transfers?limit=5')).status, 200);

  // npm's dpop with the same key, and with another one.
  const nonce = balance.headers.get('dpop-nonce');
  const by = async (pair) =>
    fetch(`${stack.api}/balance`, {
      headers: {
        authorization: `DPoP ${token}`,
        dpop: await dpop.generateProof(pair, `${stack.api}/balance`, 'GET', nonce, token),
      },
    });
  assert.equal((await by(key)).status, 200);
  const refused = await by(await dpop.generateKeyPair('ES256'));
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('www-authenticate'), /^DPoP .*algs="ES256"/);
});
