/** The login bridge through the tenant: the Action, a machine's token, and a bank that is up, down, slow or lying. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { json } from './harness/bank.js';
import { ALICE, AUDIENCE, Browser, readCallback, startWorld } from './harness/world.js';

const SCOPE = 'openid profile view:balance';

let world;
before(async () => { world = await startWorld(); });
after(() => world.stop());
afterEach(() => {
  world.bank.answer = undefined;
  world.bank.calls.length = 0;
});

const login = (extra) => world.codeFlow(new Browser(), { scope: SCOPE, ...extra });

describe('a login over the bridge', () => {
  it('carries the session_id of the bank in the id_token, also after the code was exchanged', async () => {
    const sessionId = 'a'.repeat(43);
    world.bank.answer = (response) => json(response, 201, { session_id: sessionId, expires_in: 60 });
    const { id_token: idToken, access_token: accessToken } = await login();
    assert.equal((await world.read(idToken)).claims.session_id, sessionId);
    assert.equal((await world.read(accessToken)).claims.session_id, undefined);
  });

  it('carries it in the implicit flow too', async () => {
    const page = await world.authorize(new Browser(), { response_type: 'id_token token', nonce: 'n', scope: SCOPE });
    const { claims } = await world.read(readCallback(page.url).id_token);
    assert.match(claims.session_id, /^[\w-]{43}$/);
  });

  it('asks the bank with a machine token for create:session alone, once for many logins', async () => {
    await login();
    await login();
    const [first, second] = world.bank.calls;
    assert.deepEqual(first.body, { sub: ALICE.sub, client_id: world.clientId });
    assert.equal(first.authorization, second.authorization);
    const { header, claims } = await world.read(first.authorization.slice('Bearer '.length));
    assert.equal(header.typ, 'at+jwt');
    assert.equal(claims.sub, `${world.bridge.client_id}@clients`);
    assert.deepEqual(
      [claims.scope, claims.aud, claims.client_id],
      ['create:session', AUDIENCE, world.bridge.client_id],
    );
  });

  it('has auth_time when the app asked for max_age', async () => {
    const { id_token: idToken } = await login({ max_age: '60' });
    assert.ok(Math.abs((await world.read(idToken)).claims.auth_time - Date.now() / 1000) < 5);
    assert.equal((await world.read((await login()).id_token)).claims.auth_time, undefined);
  });

  it('makes no session_id for a silent renewal, a refresh or a step-up', async () => {
    const browser = new Browser();
    const scope = `${SCOPE} offline_access`;
    const first = await world.codeFlow(browser, { scope });
    world.bank.calls.length = 0;
    const silent = await world.codeFlow(browser, { scope, prompt: 'none' });
    const refreshed = await world.refresh(first.refresh_token);
    const stepUp = await world.codeFlow(browser, { scope: `${SCOPE} transfer:funds` });
    for (const { id_token: idToken } of [silent, refreshed, stepUp]) {
      assert.equal((await world.read(idToken)).claims.session_id, undefined);
    }
    assert.deepEqual(world.bank.calls, []);
  });
});

describe('a login is refused in words', () => {
  const cases = {
    'when the bank is down': (response) => response.destroy(),
    'when the bank is in trouble': (response) => json(response, 503, { detail: 'secret detail' }),
    'when the bank lies': (response) => json(response, 201, { session_id: '<script>' }),
    'when the bank is slow': () => undefined,
  };
  for (const [title, answer] of Object.entries(cases)) {
    it(title, async () => {
      world.bank.answer = answer;
      const started = performance.now();
      const { error } = await login();
      assert.equal(error.error, 'access_denied');
      assert.match(error.error_description, /^Your bank could not confirm this login/);
      assert.equal(error.code, undefined);
      assert.ok(performance.now() - started < 10_000);
    });
  }

  it('and works again as soon as the bank does, with the session that is there', async () => {
    const browser = new Browser();
    world.bank.answer = (response) => response.destroy();
    assert.equal((await world.codeFlow(browser, { scope: SCOPE })).error.error, 'access_denied');
    world.bank.answer = undefined;
    assert.equal((await world.codeFlow(browser, { scope: SCOPE })).status, 200);
  });

  it('while the journal shows what the Actions did, without a secret', async () => {
    const { id_token: idToken } = await login();
    const { claims } = await world.read(idToken);
    const text = await (await fetch(world.url('_tenant/actions'))).text();
    const run = JSON.parse(text).findLast(({ action }) => action === 'login-bridge');
    assert.deepEqual(run.calls.at(-1), { call: 'api.idToken.setCustomClaim', args: ['session_id', '(43 characters)'] });
    assert.equal(run.result, 'done');
    for (const secret of [claims.session_id, world.tenant.secretOf('Drawbridge Bridge'), 'eyJ']) {
      assert.ok(!text.includes(secret));
      assert.ok(!world.lines.join('\n').includes(secret));
    }
  });
});
