/** When a paused flow goes on: what an HTTP test cannot reach, because other walls stand before it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Flows } from '../local/flows.js';
import { Store } from '../local/store.js';

const APPROVED = { flow: 'flow-1', challenges: 1, approvedAt: 1_700_000_000_000 };
const PAUSED = {
  id: 'flow-1',
  sub: 'alice',
  next: 1,
  scope: ['openid'],
  idToken: {},
  accessToken: {},
  metadata: {},
  appMetadata: {},
  challenges: 1,
  factors: [],
};

/** Authorizes in a session of Alice with this interaction and result; answers the flow that the Actions were given. */
async function flowFor({ paused = PAUSED, prompt = 'mfa', result, accountId = 'alice' }) {
  let given;
  const flows = new Flows({
    actions: { run: async (flow) => { given = flow; return { state: 'challenge' }; } },
    catalog: { client: () => ({}), database: () => ({}), userGrant: () => [] },
    users: {
      find: (sub) => ({ user_id: sub }),
      logins: () => 1,
      appMetadata: () => ({}),
      changeAppMetadata: () => undefined,
    },
    tenant: { tenant: { session_lifetime_in_minutes: 1 } },
    store: new Store(),
  });
  await flows.authorize({
    ip: '127.0.0.1',
    get: () => '',
    oidc: {
      client: { clientId: 'app' },
      params: { response_type: 'code', scope: 'openid', toPlainObject: () => ({ drawbridge_sent: '{}' }) },
      requestParamScopes: new Set(['openid']),
      session: { accountId, uid: 'session', loginTs: 1_700_000_000 },
      entities: { Interaction: { prompt: { name: prompt, details: { flow: paused } } } },
      result,
    },
  });
  return given;
}

describe('a paused flow', () => {
  it('goes on with the approval of its own push', async () => {
    const flow = await flowFor({ result: { mfa: APPROVED } });
    assert.equal(flow.id, 'flow-1');
    assert.deepEqual(flow.factors, [{ name: 'mfa', timestamp: '2023-11-14T22:13:20.000Z', type: 'push-notification' }]);
  });

  const others = {
    'without an approval': {},
    'with the approval of another flow': { result: { mfa: { ...APPROVED, flow: 'flow-2' } } },
    'with the approval of an earlier pause of it': { paused: { ...PAUSED, challenges: 2 }, result: { mfa: APPROVED } },
    'for another user': { result: { mfa: APPROVED }, accountId: 'bob' },
    'out of a login prompt': { prompt: 'login', result: { mfa: APPROVED } },
  };
  for (const [title, setup] of Object.entries(others)) {
    it(`does not go on ${title}: the Actions start anew`, async () => {
      const flow = await flowFor(setup);
      assert.notEqual(flow.id, 'flow-1');
      assert.deepEqual([flow.next, flow.factors], [0, []]);
    });
  }
});
