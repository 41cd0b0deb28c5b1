import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createServer } from 'node:http';

import { json, startBank } from './harness/bank.js';
import { INTERACTIVE, OTHER_PROTOCOLS, SCOPES, action, loginEvent, recorder } from './harness/event.js';

const bridge = action('login-bridge');
const SESSION_ID = 'pRk3n7sJ2w0C5xqYb1ZVd8TfGhLmNoPeRaUiXkEyWcA';
const SECRET = 'the-bridge-secret';
const REASON = 'Your bank could not confirm this login, so it was stopped. Please try again in a moment.';

/** /oauth/token and /nonce on one server; each test says how they answer. */
let bank;
let answers;
const logged = [];
const { log } = console;

before(async () => {
  bank = await startBank();
  bank.answer = (response, call) => answers[call.path](response, call);
  console.log = (...parts) => logged.push(parts.join(' '));
});
after(() => {
  console.log = log;
  return bank.stop();
});
afterEach(() => {
  bank.calls.length = 0;
  logged.length = 0;
});

async function run({ changes = {}, token = giveToken(), nonce = giveNonce(), cached, secrets } = {}) {
  answers = { 'POST /oauth/token': token, 'POST /nonce': nonce, 'POST /elsewhere': giveNonce() };
  const api = recorder(cached);
  const given = {
    TENANT_URL: `${bank.url}/`,
    API_URL: bank.url,
    BRIDGE_CLIENT_ID: 'bridge',
    BRIDGE_CLIENT_SECRET: SECRET,
  };
  const started = performance.now();
  await bridge(loginEvent({ secrets: { ...given, ...secrets }, ...changes }), api);
  return { api, calls: api.calls, took: performance.now() - started };
}

const giveToken =
  (fields = {}) =>
  (response) =>
    json(response, 200, { access_token: 'm2m-token', expires_in: 900, ...fields });
const giveNonce =
  (body = { session_id: SESSION_ID, expires_in: 60 }, status = 201) =>
  (response) =>
    json(response, status, body);
const paths = () => bank.calls.map(({ path }) => path);

describe('login-bridge puts a session_id into the id_token', () => {
  it('that the bank made for this user and client', async () => {
    const { calls } = await run();
    assert.deepEqual(calls, [['idToken claim', 'session_id', SESSION_ID]]);
    const [token, nonce] = bank.calls;
    assert.deepEqual(token.body, {
      grant_type: 'client_credentials', client_id: 'bridge', client_secret: SECRET, audience: 'https://my-banking-api',
    });
    assert.equal(nonce.authorization, 'Bearer m2m-token');
    assert.deepEqual(nonce.body, {
      sub: 'auth0|66f0a1c0de00000000000001',
      client_id: 'abcdefghijklmnopqrstuvwxyz012345',
    });
  });

  it('with a token from the cache, if there is one', async () => {
    const cached = new Map();
    await run({ cached });
    assert.equal(cached.get('bridge-access-token').ttl, 840_000);
    bank.calls.length = 0;
    await run({ cached });
    assert.deepEqual(paths(), ['POST /nonce']);
  });

  it('and does not cache a token that is about to expire, or too long for the cache', async () => {
    for (const fields of [{ expires_in: 60 }, { expires_in: undefined }, { access_token: 'x'.repeat(4097) }]) {
      const cached = new Map();
      const { calls } = await run({ cached, token: giveToken(fields) });
      assert.equal(calls[0][0], 'idToken claim');
      assert.equal(cached.size, 0);
    }
  });

  it('with a new token, if the cached one is no longer good', async () => {
    const cached = new Map([['bridge-access-token', { value: 'stale' }]]);
    const nonce = (response, { authorization }) =>
      authorization === 'Bearer stale' ? json(response, 401, {}) : giveNonce()(response);
    const { calls } = await run({ cached, nonce });
    assert.deepEqual(calls, [['idToken claim', 'session_id', SESSION_ID]]);
    assert.deepEqual(paths(), ['POST /nonce', 'POST /oauth/token', 'POST /nonce']);
  });

  for (const protocol of INTERACTIVE) {
    it(`on ${protocol}`, async () => {
      assert.equal((await run({ changes: { transaction: { protocol } } })).calls[0][0], 'idToken claim');
    });
  }
});

describe('login-bridge stays out of', () => {
  const cases = {
    'a client without the mark': { client: { metadata: { login_bridge: undefined } } },
    'a client whose mark says no': { client: { metadata: { login_bridge: 'false' } } },
    'a client without metadata': { client: { metadata: undefined } },
    'a silent renewal': { transaction: { prompt: ['none'] } },
    'a step-up': { transaction: { requested_scopes: [...SCOPES, 'transfer:funds'] } },
    'a request without openid': { transaction: { requested_scopes: ['view:balance'] } },
    'a request that does not say what it asks for': { transaction: { requested_scopes: undefined } },
    'a flow without a transaction': { transaction: undefined },
  };
  for (const protocol of OTHER_PROTOCOLS) {
    cases[`the protocol ${protocol}`] = { transaction: { protocol } };
  }
  for (const [title, changes] of Object.entries(cases)) {
    it(title, async () => {
      const { calls } = await run({ changes });
      assert.deepEqual(calls, []);
      assert.deepEqual(bank.calls, []);
    });
  }
});

describe('login-bridge refuses the login', () => {
  const cases = {
    'if the bank answers 500': { nonce: giveNonce({ error: SECRET }, 500), log: /POST \/nonce answered 500/ },
    'if the bank answers 200 instead of 201': { nonce: giveNonce(undefined, 200), log: /answered 200/ },
    'if the bank forbids it': { nonce: giveNonce({}, 403), log: /answered 403/ },
    'if the token was new and is refused all the same': { nonce: giveNonce({}, 401), log: /answered 401/ },
    'if the answer has no session_id': { nonce: giveNonce({}), log: /without a usable session_id/ },
    'if the session_id is no text': { nonce: giveNonce({ session_id: 7 }), log: /without a usable/ },
    'if the session_id is too short to be random': { nonce: giveNonce({ session_id: 'abc' }), log: /without a usable/ },
    'if the session_id has odd characters': {
      nonce: giveNonce({ session_id: `${SESSION_ID}\n` }),
      log: /without a usable/,
    },
    'if the answer is null': { nonce: giveNonce(null), log: /without a usable/ },
    'if the answer is not JSON': {
      nonce: (response) => response.writeHead(201).end('<html>'),
      log: /without a usable/,
    },
    'if the answer is endless': {
      nonce: (response) => response.writeHead(201).end('"'.repeat(9000)),
      log: /more than 8192 bytes/,
    },
    'if the bank sends it elsewhere': {
      nonce: (response) => response.writeHead(307, { location: '/elsewhere' }).end(), log: /cannot be reached/,
    },
    'if the connection breaks': { nonce: (response) => response.destroy(), log: /POST \/nonce cannot be reached/ },
    'if the token endpoint refuses': {
      token: (response) => json(response, 401, { error: SECRET }),
      log: /token endpoint answered 401/,
    },
    'if the token endpoint gives none': { token: giveToken({ access_token: '' }), log: /without a token/ },
    'if the token endpoint breaks off': {
      token: (response) => response.destroy(),
      log: /token endpoint cannot be reached/,
    },
    'if a secret is missing': {
      secrets: { BRIDGE_CLIENT_SECRET: undefined },
      log: /the secret BRIDGE_CLIENT_SECRET is not set/,
    },
    'if an address is none': { secrets: { API_URL: 'nowhere' }, log: /POST \/nonce cannot be reached/ },
    'if something unforeseen happens': { changes: { user: undefined }, log: /unexpected TypeError/ },
  };
  for (const [title, { log: expected, ...setup }] of Object.entries(cases)) {
    it(title, async () => {
      const { calls } = await run(setup);
      assert.deepEqual(calls, [['deny', REASON]]);
      assert.equal(logged.length, 1);
      assert.match(logged[0], expected);
    });
  }

  const actor = { sub: 'auth0|agent' };
  const notInPerson = {
    'of a delegated session': { session: { actor } },
    'of a delegated transaction': { transaction: { actor } },
    'by a session transfer token': { session_transfer_token: { client_id: 'native' } },
  };
  for (const [title, changes] of Object.entries(notInPerson)) {
    it(`${title}, before the bank is asked`, async () => {
      const { calls } = await run({ changes });
      assert.deepEqual(calls, [['deny', 'To reach your bank, sign in yourself.']]);
      assert.deepEqual(bank.calls, []);
    });
  }

  it('if the bank is slow: after three seconds', async () => {
    const { calls, took } = await run({ nonce: () => undefined });
    assert.deepEqual(calls, [['deny', REASON]]);
    assert.match(logged[0], /longer than 3000 ms/);
    assert.ok(took > 2900 && took < 10_000, `${took} ms`);
  });

  it('if the body trickles: the limit is for the whole answer', async () => {
    const trickle = (response) => {
      response.writeHead(201);
      const timer = setInterval(() => response.write(' '), 200);
      response.on('close', () => clearInterval(timer));
    };
    const { took } = await run({ nonce: trickle });
    assert.match(logged[0], /longer than 3000 ms/);
    assert.ok(took < 10_000, `${took} ms`);
  });

  it('if nothing listens at the bank', async () => {
    const closed = createServer();
    await new Promise((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const { calls } = await run({ secrets: { API_URL: `http://127.0.0.1:${port}` } });
    assert.deepEqual(calls, [['deny', REASON]]);
  });

  it('and no secret, token or answer reaches the log, the user or the id_token', async () => {
    const echo = (status) => (response, { authorization, body }) => json(response, status, { authorization, ...body });
    for (const setup of [{ nonce: echo(500) }, { nonce: echo(201) }, { token: echo(400) }, { token: echo(200) }]) {
      const { calls } = await run(setup);
      const said = JSON.stringify([calls, logged]);
      for (const secret of [SECRET, 'm2m-token', 'auth0|66f0']) assert.ok(!said.includes(secret), said);
    }
  });
});
