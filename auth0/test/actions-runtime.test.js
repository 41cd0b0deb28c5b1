/** The runtime of the Actions, with small Actions made for each test. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Actions, newFlow } from '../local/actions.js';
import { ActionCache } from '../local/cache.js';
import { Journal } from '../local/journal.js';

/** Actions whose bodies are given: (event, api) => …, as text, so that they are compiled as files are. */
function actions(bodies, { secrets = [], limit, factors = ['push-notification'] } = {}) {
  const lines = [];
  const journal = new Journal((line) => lines.push(line));
  const list = bodies.map((body, index) => ({
    name: `action-${index + 1}`,
    file: `/actions/action-${index + 1}.js`,
    code: `exports.onExecutePostLogin = async (event, api) => { ${body} };`,
    secrets,
  }));
  const tenant = {
    actions: list,
    triggers: { 'post-login': list.map(({ name }) => ({ action_name: name })) },
    guardianFactors: factors.map((name) => ({ name, enabled: true })),
  };
  return { runtime: new Actions(tenant, journal, { limit }), journal, lines };
}

async function run(bodies, options) {
  const made = actions(bodies, options);
  const flow = newFlow(['openid', 'view:balance', 'transfer:funds']);
  const outcome = await made.runtime.run(flow, describe_);
  return { ...made, flow, outcome };
}

const describe_ = (flow) => ({
  transaction: { protocol: 'oidc-basic-profile', metadata: flow.metadata },
  authentication: { methods: [...flow.factors] },
});

const CHALLENGE = "api.authentication.challengeWith({ type: 'push-notification' });";

describe('the Actions of a flow', () => {
  it('run in their order, and what one does the next one sees', async () => {
    const { flow, outcome } = await run([
      "api.accessToken.removeScope('transfer:funds'); api.transaction.setMetadata('seen', 1);",
      `api.accessToken.setCustomClaim('https://x/seen', event.transaction.metadata.seen);
       api.accessToken.addScope('more');`,
    ]);
    assert.deepEqual(outcome, { state: 'complete' });
    assert.deepEqual(flow.scope, ['openid', 'view:balance', 'more']);
    assert.deepEqual(flow.accessToken, { 'https://x/seen': 1 });
  });

  it('can chain their calls, and read metadata as soon as it is set', async () => {
    const { flow } = await run([
      `api.transaction.setMetadata('a', 'b').idToken.setCustomClaim('a', event.transaction.metadata.a);
       api.transaction.setMetadata('a', null);`,
    ]);
    assert.deepEqual([flow.idToken, flow.metadata], [{ a: 'b' }, {}]);
  });

  it('end with the one that denies', async () => {
    const { outcome, journal } = await run(["api.access.deny('not today');", "throw new Error('never runs');"]);
    assert.deepEqual(outcome, { state: 'denied', reason: 'not today' });
    assert.deepEqual(journal.entries.map(({ action, result }) => [action, result]), [['action-1', 'denied']]);
  });

  it('pause at a challenge and go on with the next one', async () => {
    const { runtime } = actions([
      CHALLENGE,
      "if (!event.authentication.methods.some((m) => m.name === 'mfa')) api.access.deny('no');",
    ]);
    const flow = newFlow(['openid']);
    assert.equal((await runtime.run(flow, describe_)).state, 'challenge');
    assert.equal(flow.next, 1);
    // As an interaction keeps it.
    const resumed = JSON.parse(JSON.stringify(flow));
    resumed.factors.push({ name: 'mfa', timestamp: new Date().toISOString() });
    assert.deepEqual(await runtime.run(resumed, describe_), { state: 'complete' });
  });

  it('may challenge four times', async () => {
    const { runtime } = actions(Array(5).fill(CHALLENGE));
    const flow = newFlow([]);
    const states = [];
    for (let i = 0; i < 5; i += 1) states.push((await runtime.run(flow, describe_)).state);
    assert.deepEqual(states, ['challenge', 'challenge', 'challenge', 'challenge', 'denied']);
  });

  it('end the login when one throws, and the log says which and why', async () => {
    const { outcome, lines } = await run(["throw new Error('broken');"]);
    assert.deepEqual(outcome, { state: 'denied', reason: 'The Action action-1 failed, so this login was stopped.' });
    assert.deepEqual(lines, ['[action-1] threw: broken']);
  });

  it('end the login when they take too long together', async () => {
    const { outcome, lines } = await run(
      ['await new Promise((resolve) => setTimeout(resolve, 30));', 'await new Promise(() => {});'],
      { limit: 80 },
    );
    assert.equal(outcome.state, 'denied');
    assert.match(lines[0], /^\[action-2\] threw: the trigger took longer/);
  });

  it('see the secrets of their own, and no dependency that tenant.yaml does not name', async () => {
    const { flow } = await run(["api.idToken.setCustomClaim('s', event.secrets.KEY)"], {
      secrets: [{ name: 'KEY', value: 'v' }],
    });
    assert.equal(flow.idToken.s, 'v');
    const { lines } = await run(["require('node:crypto').randomUUID(); require('axios');"]);
    assert.match(lines[0], /has no dependency "axios"/);
  });

  it('cannot set a reserved claim', async () => {
    const { flow, lines } = await run([
      "for (const name of ['sid', 'amr', 'aud', 'roles']) api.idToken.setCustomClaim(name, 'x');",
    ]);
    assert.deepEqual(flow.idToken, {});
    assert.match(lines[0], /the claim sid is reserved and was ignored/);
  });
});

describe('what the runtime does not model', () => {
  for (const [call, name] of [
    ["api.multifactor.enable('any')", 'api.multifactor.enable'],
    ["api.redirect.sendUserTo('https://x')", 'api.redirect.sendUserTo'],
    ['api.authentication.enrollWith({})', 'api.authentication.enrollWith'],
    ['api.not.there.at.all()', 'api.not.there.at.all'],
    ['api.access()', 'api.access'],
    ["api.authentication.challengeWith({ type: 'otp' })", 'the factor otp'],
    [
      "api.authentication.challengeWith({ type: 'push-notification' }, { additionalFactors: [{ type: 'otp' }] })",
      'additionalFactors',
    ],
  ]) {
    it(`throws by name: ${call}`, async () => {
      const { outcome, lines } = await run([call]);
      assert.equal(outcome.state, 'denied');
      assert.ok(lines[0].includes(`${name} is not modelled by the local tenant`), lines[0]);
    });
  }

  it('a push is refused when Guardian has it switched off', async () => {
    const { lines } = await run([CHALLENGE], { factors: [] });
    assert.match(lines[0], /push-notification is not enabled in guardianFactors/);
  });
});

describe('the journal', () => {
  it('shows names and lengths, never values', async () => {
    const { journal } = await run([
      `api.cache.set('key', 'a-secret-token');
       api.idToken.setCustomClaim('session_id', 'a-secret');
       const options = { secret: 'a-secret', ttl: 5, list: ['a-secret'] };
       api.accessToken.setCustomClaim('o', { type: 'otp', options });
       api.accessToken.setCustomClaim('n', 7);`,
    ]);
    assert.ok(!JSON.stringify(journal.entries).includes('a-secret'));
    assert.deepEqual(journal.entries[0].calls, [
      { call: 'api.cache.set', args: ['key', '(14 characters)'] },
      { call: 'api.idToken.setCustomClaim', args: ['session_id', '(8 characters)'] },
      {
        call: 'api.accessToken.setCustomClaim',
        args: ['o', { type: 'otp', options: { secret: '(8 characters)', ttl: 5, list: ['(8 characters)'] } }],
      },
      { call: 'api.accessToken.setCustomClaim', args: ['n', 7] },
    ]);
  });

  it('keeps the last 200', async () => {
    const { runtime, journal } = actions(['']);
    for (let i = 0; i < 203; i += 1) await runtime.run(newFlow([]), describe_);
    assert.equal(journal.entries.length, 200);
  });
});

describe('api.cache', () => {
  it('keeps a value for its time', async () => {
    const cache = new ActionCache();
    assert.deepEqual(cache.set('k', 'v', { ttl: 20 }), { type: 'success' });
    assert.equal(cache.get('k').value, 'v');
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(cache.get('k'), undefined);
  });

  it('has Auth0\'s limits', () => {
    const cache = new ActionCache();
    const set = (key, length) => cache.set(key, 'v'.repeat(length)).type;
    assert.equal(set('k'.repeat(65), 1), 'error');
    assert.equal(set('k', 4097), 'error');
    assert.deepEqual(
      [set('a', 4000), set('b', 4000), set('c', 1000), set('a', 3000)],
      ['success', 'success', 'error', 'success'],
    );
    const many = new ActionCache();
    for (let i = 0; i < 20; i += 1) assert.equal(many.set(`k${i}`, 'v').type, 'success');
    assert.equal(many.set('one more', 'v').type, 'error');
    assert.ok(many.get('k0').expires_at - Date.now() <= 15 * 60 * 1000);
  });
});
