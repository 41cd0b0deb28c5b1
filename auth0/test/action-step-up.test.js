import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SCOPES, action, loginEvent, recorder } from './harness/event.js';

const stepUp = action('step-up');
const ASKED = { requested_scopes: [...SCOPES, 'transfer:funds'] };
const CHALLENGE = [{ type: 'push-notification', options: { otpFallback: false } }];

async function run(changes) {
  const api = recorder();
  await stepUp(loginEvent(changes), api);
  return api;
}

describe('step-up challenges', () => {
  for (const protocol of ['oidc-basic-profile', 'oidc-implicit-profile', 'oidc-hybrid-profile']) {
    it(`by push, without a fallback to codes, on ${protocol}`, async () => {
      const api = await run({ transaction: { ...ASKED, protocol } });
      assert.deepEqual(api.named('challengeWith'), [CHALLENGE]);
    });
  }

  it('and marks the transaction before, so that the guard can tell this approval from an older one', async () => {
    const before = Date.now();
    const api = await run({ transaction: ASKED });
    const [[name, key, at], [next]] = api.calls;
    assert.deepEqual([name, key, next], ['setMetadata', 'step_up_at', 'challengeWith']);
    assert.ok(at >= before && at <= Date.now());
  });

  it('also when the session did MFA a second ago', async () => {
    const methods = [{ name: 'mfa', timestamp: new Date(Date.now() - 1000).toISOString() }];
    const api = await run({ transaction: ASKED, authentication: { methods } });
    assert.equal(api.named('challengeWith').length, 1);
  });

  it('with prompt=none too: Auth0 makes login_required of it', async () => {
    const api = await run({ transaction: { ...ASKED, prompt: ['none'] } });
    assert.equal(api.named('challengeWith').length, 1);
  });

  it('any client: the gate is the scope', async () => {
    const api = await run({ transaction: ASKED, client: { client_id: 'another', name: 'Another', metadata: {} } });
    assert.equal(api.named('challengeWith').length, 1);
  });

  it('when only the query or only the body asks for the scope', async () => {
    for (const request of [{ query: { scope: 'openid transfer:funds' } }, { body: { scope: 'transfer:funds' } }]) {
      const api = await run({ request });
      assert.equal(api.named('challengeWith').length, 1, JSON.stringify(request));
    }
  });

  it('when Auth0 does not say which factors are enrolled', async () => {
    const api = await run({ transaction: ASKED, user: { enrolledFactors: undefined } });
    assert.equal(api.named('challengeWith').length, 1);
  });
});

describe('step-up does not challenge', () => {
  it('a login that does not ask for transfer:funds', async () => {
    assert.deepEqual((await run({})).calls, []);
  });

  it('a scope that only looks alike', async () => {
    assert.deepEqual((await run({ transaction: { requested_scopes: ['transfer:funds:all', 'xtransfer:funds'] } })).calls, []);
  });

  for (const protocol of [
    'oauth2-refresh-token', 'oauth2-password', 'oauth2-resource-owner', 'oauth2-resource-owner-jwt-bearer',
    'oauth2-token-exchange', 'oauth2-device-code', 'oauth2-access-token', 'samlp', 'wsfed', 'wstrust-usernamemixed',
    'something-new', undefined,
  ]) {
    it(`on ${protocol ?? 'a missing protocol'}, where nobody can be asked`, async () => {
      const api = await run({ transaction: { ...ASKED, protocol }, request: { body: { scope: 'transfer:funds' } } });
      assert.deepEqual(api.calls, []);
    });
  }

  it('without a transaction', async () => {
    assert.deepEqual((await run({ transaction: undefined })).calls, []);
  });

  it('a user without a phone: the login is denied, and no phone is enrolled at the moment money moves', async () => {
    for (const enrolledFactors of [[], [{ type: 'email' }], [null]]) {
      const api = await run({ transaction: ASKED, user: { enrolledFactors } });
      assert.deepEqual(api.calls.map(([name]) => name), ['deny']);
    }
  });
});
