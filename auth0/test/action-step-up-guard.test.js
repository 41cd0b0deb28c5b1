import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { INTERACTIVE, OTHER_PROTOCOLS, SCOPES, action, loginEvent, recorder } from './harness/event.js';
import { CORE } from './harness/transfer.js';

const guard = action('step-up-guard');
const REMOVED = [['removeScope', 'transfer:funds']];
const APPROVAL = 'AAAAAAAAAAAAAAAAAAAAAA';
const ago = (seconds) => Date.now() - seconds * 1000;
const mfa = (at, type = 'push-notification') => ({ name: 'mfa', timestamp: new Date(at).toISOString(), type });
const did = (...methods) => ({ authentication: { methods } });

/** A step-up that was challenged 20 s ago and approved 2 s ago. */
function approved({ transaction, metadata, ...rest } = {}) {
  return {
    transaction: {
      requested_scopes: [...SCOPES, 'transfer:funds'],
      metadata: { step_up_at: ago(20), approval_id: APPROVAL, ...metadata },
      ...transaction,
    },
    ...did({ name: 'pwd', timestamp: new Date(ago(60)).toISOString() }, mfa(ago(2))),
    ...rest,
  };
}

async function run(changes) {
  const api = recorder();
  await guard(loginEvent(changes), api);
  return api.calls;
}

const passes = (calls) => calls.some(([name]) => name === 'accessToken claim');

/** An approval by the back channel: the bank's own client asked, and Auth0 runs the Actions once the user approved. */
function byBackChannel({ transaction, ...rest } = {}) {
  return {
    transaction: {
      protocol: 'oidc-ciba', requested_scopes: ['openid', 'transfer:funds'], metadata: {}, redirect_uri: undefined,
      response_type: undefined, response_mode: undefined, state: undefined, ...transaction,
    },
    client: { name: 'Drawbridge Approvals', metadata: { login_bridge: undefined, approvals: 'back-channel' } },
    authentication: undefined,
    session: undefined,
    ...rest,
  };
}

describe('step-up-guard, of an approval by the back channel,', () => {
  it("leaves transfer:funds to the bank's client, and gives its token no claim that pays", async () => {
    assert.deepEqual(await run(byBackChannel()), []);
  });

  const refused = {
    'of another client': { client: { metadata: { login_bridge: 'true', approvals: undefined } } },
    'of a client without metadata': { client: { metadata: undefined } },
    'of no client': { client: undefined },
    'of a client with another mark': { client: { metadata: { approvals: 'true' } } },
    'of a client with the mark as a list': { client: { metadata: { approvals: ['back-channel'] } } },
    'that did not ask for the scope': { transaction: { requested_scopes: ['openid'] } },
    'that asked for nothing': { transaction: { requested_scopes: undefined } },
    'that asked in a text': { transaction: { requested_scopes: 'openid transfer:funds' } },
    'by somebody who acts for the user': { transaction: { actor: { sub: 'auth0|agent' } } },
    'in a session': { session: { id: 'ses_1' } },
    'with a session from another app': { session_transfer_token: { client_id: 'native' } },
  };
  for (const [title, changes] of Object.entries(refused)) {
    it(`takes it away ${title}`, async () => assert.deepEqual(await run(byBackChannel(changes)), REMOVED));
  }

  for (const protocol of [...INTERACTIVE, ...OTHER_PROTOCOLS.filter((name) => name !== 'oidc-ciba')]) {
    it(`takes it away from the bank's client on ${protocol}`, async () => {
      assert.deepEqual(await run(byBackChannel({ transaction: { protocol } })), REMOVED);
    });
  }
});

describe('step-up-guard lets transfer:funds pass', () => {
  for (const protocol of INTERACTIVE) {
    it(`after an approval in this transaction on ${protocol}, and says which, when and what for`, async () => {
      const at = ago(2);
      const changes = approved({ transaction: { protocol }, ...did(mfa(at)) });
      changes.transaction.metadata.transfer = CORE;
      assert.deepEqual(await run(changes), [
        ['accessToken claim', 'https://my-banking-api/approval_id', APPROVAL],
        ['accessToken claim', 'https://my-banking-api/mfa_at', Math.floor(at / 1000)],
        ['accessToken claim', 'https://my-banking-api/transfer', CORE],
        ['setAppMetadata', 'step_up', null],
      ]);
    });
  }

  it('without a transfer, if the request named none', async () => {
    const claims = (await run(approved())).filter(([name]) => name === 'accessToken claim').map(([, claim]) => claim);
    assert.deepEqual(claims, ['https://my-banking-api/approval_id', 'https://my-banking-api/mfa_at']);
  });

  it('with the newest approval, if the session has several', async () => {
    const at = ago(1);
    const calls = await run(approved(did(mfa(ago(9000)), mfa(at), mfa(ago(3)))));
    assert.equal(calls[1][2], Math.floor(at / 1000));
  });

  it('if Auth0 does not name the factor', async () => {
    assert.ok(passes(await run(approved(did(mfa(ago(2), undefined))))));
  });

  it('if the clock that wrote the timestamp is a little behind', async () => {
    assert.ok(passes(await run(approved({ metadata: { step_up_at: ago(10) }, ...did(mfa(ago(13))) }))));
  });

  it('if this is the last request that the user was asked about', async () => {
    const at = ago(20);
    const user = { app_metadata: { step_up: { asked_at: at, unanswered: 2, transfer: '' } } };
    assert.ok(passes(await run(approved({ metadata: { step_up_at: at }, user }))));
  });
});

describe('step-up-guard removes transfer:funds', () => {
  const actor = { sub: 'auth0|agent' };
  const cases = {
    'from a login that did not ask for it': {},
    'from a login without MFA': approved(did()),
    'if the transaction does not say what was asked for': approved({ transaction: { requested_scopes: undefined } }),
    'if what was asked for is a text instead of a list': approved({
      transaction: { requested_scopes: 'transfer:funds' },
    }),
    'if only the request body asks for it': approved({
      transaction: { requested_scopes: SCOPES }, request: { body: { scope: 'transfer:funds' } },
    }),
    'without a transaction': { ...approved(), transaction: undefined },
    'without authentication': approved({ authentication: undefined }),
    'without methods': approved({ authentication: { methods: undefined } }),
    'if the methods are no list': approved({ authentication: { methods: 'mfa' } }),
    'if step-up did not challenge in this transaction': approved({ transaction: { metadata: {} } }),
    'if the transaction has no metadata': approved({ transaction: { metadata: undefined } }),
    'if the mark is no number': approved({ metadata: { step_up_at: '0' } }),
    'if the mark is no time': approved({ metadata: { step_up_at: NaN } }),
    'if the approval has no name': approved({ metadata: { approval_id: undefined } }),
    'if the approval\'s name is no text': approved({ metadata: { approval_id: 7 } }),
    'if the approval\'s name is too short to be random': approved({ metadata: { approval_id: APPROVAL.slice(1) } }),
    'if the approval\'s name is not one of the bank\'s': approved({ metadata: { approval_id: `${APPROVAL}\n` } }),
    'if the transfer is no text': approved({ metadata: { transfer: 7 } }),
    'if the MFA is from before the challenge: another transaction of the session': approved({
      metadata: { step_up_at: ago(4) }, ...did(mfa(ago(12))),
    }),
    'if the approval is older than five minutes': approved({
      metadata: { step_up_at: ago(400) },
      ...did(mfa(ago(301))),
    }),
    'if the approval lies in the future': approved(did(mfa(ago(-60)))),
    'if the timestamp cannot be read': approved(did({ name: 'mfa', timestamp: 'yesterday' }, { name: 'mfa' }, null)),
    'if what was done was no MFA': approved(did({ name: 'pwd', timestamp: new Date().toISOString() })),
    'with prompt=none without an approval': approved({ transaction: { prompt: ['none'] }, ...did() }),
    'if the user was asked again since, in another transaction': approved({
      user: { app_metadata: { step_up: { asked_at: ago(19), unanswered: 2, transfer: '' } } },
    }),
    'in a delegated session': approved({ session: { id: 'ses_1', actor } }),
    'in a delegated transaction': approved({ transaction: { ...approved().transaction, actor } }),
    'in a login by a session transfer token': approved({ session_transfer_token: { client_id: 'native' } }),
  };
  for (const type of [
    'otp',
    'email',
    'phone',
    'webauthn-platform',
    'webauthn-roaming',
    'recovery-code',
    'push',
    '',
    null,
    7,
  ]) {
    cases[`if the factor was ${JSON.stringify(type)}`] = approved(did({ ...mfa(ago(2)), type }));
  }
  for (const [title, changes] of Object.entries(cases)) {
    it(title, async () => assert.deepEqual(await run(changes), REMOVED));
  }

  for (const protocol of OTHER_PROTOCOLS) {
    it(`on ${protocol ?? 'a missing protocol'}, whatever else is true`, async () => {
      assert.deepEqual(await run(approved({ transaction: { ...approved().transaction, protocol } })), REMOVED);
    });
  }
});
