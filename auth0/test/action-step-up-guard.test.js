import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SCOPES, action, loginEvent, recorder } from './harness/event.js';

const guard = action('step-up-guard');
const REMOVED = [['removeScope', 'transfer:funds']];
const ago = (seconds) => Date.now() - seconds * 1000;
const mfa = (at) => ({ name: 'mfa', timestamp: new Date(at).toISOString() });

/** A step-up that was challenged 20 s ago and approved 2 s ago. */
function approved(changes = {}) {
  return {
    transaction: {
      requested_scopes: [...SCOPES, 'transfer:funds'],
      metadata: { step_up_at: ago(20) },
      ...changes.transaction,
    },
    authentication: { methods: [{ name: 'pwd', timestamp: new Date(ago(60)).toISOString() }, mfa(ago(2))] },
    ...changes.rest,
  };
}

async function run(changes) {
  const api = recorder();
  await guard(loginEvent(changes), api);
  return api.calls;
}

describe('step-up-guard lets transfer:funds pass', () => {
  for (const protocol of ['oidc-basic-profile', 'oidc-implicit-profile', 'oidc-hybrid-profile']) {
    it(`after an approval in this transaction on ${protocol}, and says when it was`, async () => {
      const at = ago(2);
      const changes = approved({ transaction: { protocol }, rest: { authentication: { methods: [mfa(at)] } } });
      assert.deepEqual(await run(changes), [
        ['accessToken claim', 'https://my-banking-api/mfa_at', Math.floor(at / 1000)],
      ]);
    });
  }

  it('with the newest approval, if the session has several', async () => {
    const at = ago(1);
    const calls = await run(approved({ rest: { authentication: { methods: [mfa(ago(9000)), mfa(at), mfa(ago(3))] } } }));
    assert.equal(calls[0][2], Math.floor(at / 1000));
  });

  it('if the clock of who wrote the timestamp is a little behind', async () => {
    const changes = approved({
      transaction: { metadata: { step_up_at: ago(10) } },
      rest: { authentication: { methods: [mfa(ago(13))] } },
    });
    assert.equal((await run(changes))[0][0], 'accessToken claim');
  });
});

describe('step-up-guard removes transfer:funds', () => {
  const cases = {
    'from a login that did not ask for it': {},
    'from a login without MFA': approved({ rest: { authentication: { methods: [] } } }),
    'if the transaction does not say what was asked for': approved({ transaction: { requested_scopes: undefined } }),
    'if what was asked for is a text instead of a list': approved({ transaction: { requested_scopes: 'transfer:funds' } }),
    'if only the request body asks for it': approved({
      transaction: { requested_scopes: SCOPES },
      rest: { request: { body: { scope: 'transfer:funds' } } },
    }),
    'without a transaction': approved({ rest: { transaction: undefined } }),
    'without authentication': approved({ rest: { authentication: undefined } }),
    'without methods': approved({ rest: { authentication: { methods: undefined } } }),
    'if the methods are no list': approved({ rest: { authentication: { methods: 'mfa' } } }),
    'if step-up did not challenge in this transaction': approved({ transaction: { metadata: {} } }),
    'if the transaction has no metadata': approved({ transaction: { metadata: undefined } }),
    'if the mark is no number': approved({ transaction: { metadata: { step_up_at: '0' } } }),
    'if the mark is no time': approved({ transaction: { metadata: { step_up_at: NaN } } }),
    'if the MFA is from before the challenge: another transaction of the session': approved({
      transaction: { metadata: { step_up_at: ago(4) } },
      rest: { authentication: { methods: [mfa(ago(12))] } },
    }),
    'if the approval is older than five minutes': approved({
      transaction: { metadata: { step_up_at: ago(400) } },
      rest: { authentication: { methods: [mfa(ago(301))] } },
    }),
    'if the approval lies in the future': approved({ rest: { authentication: { methods: [mfa(ago(-60))] } } }),
    'if the timestamp cannot be read': approved({
      rest: { authentication: { methods: [{ name: 'mfa', timestamp: 'yesterday' }, { name: 'mfa' }, null] } },
    }),
    'if what was done was no MFA': approved({
      rest: { authentication: { methods: [{ name: 'pwd', timestamp: new Date().toISOString() }] } },
    }),
    'with prompt=none without an approval': approved({
      transaction: { prompt: ['none'] },
      rest: { authentication: { methods: [] } },
    }),
  };
  for (const [title, changes] of Object.entries(cases)) {
    it(title, async () => assert.deepEqual(await run(changes), REMOVED));
  }

  for (const protocol of [
    'oauth2-refresh-token', 'oauth2-password', 'oauth2-resource-owner', 'oauth2-resource-owner-jwt-bearer',
    'oauth2-token-exchange', 'oauth2-device-code', 'oauth2-access-token', 'samlp', 'wsfed', 'wstrust-usernamemixed',
    'something-new', undefined,
  ]) {
    it(`on ${protocol ?? 'a missing protocol'}, whatever else is true`, async () => {
      assert.deepEqual(await run(approved({ transaction: { protocol } })), REMOVED);
    });
  }
});
