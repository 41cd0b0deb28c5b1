import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { AUDIENCE, ALICE, Browser, MFA_AT, readCallback, startWorld } from './harness/world.js';

const IMPLICIT = { response_type: 'id_token token', nonce: 'NONCE' };

describe('the two authorize requests of the document', () => {
  let world;
  before(async () => { world = await startWorld(); });
  after(() => world.stop());

  it('without transfer:funds: a login yields view:balance', async () => {
    const page = await world.authorize(new Browser(), { ...IMPLICIT, scope: 'openid view:balance' });
    const answer = readCallback(page.url);
    assert.equal(answer.state, 'a-state');
    const { header, claims } = await world.read(answer.access_token);
    assert.equal(header.typ, 'at+jwt');
    assert.equal(claims.scope, 'openid view:balance');
    assert.deepEqual(claims.aud, [AUDIENCE, `${world.issuer}userinfo`]);
    assert.equal(claims.sub, ALICE.sub);
    assert.equal(claims[MFA_AT], undefined);
    assert.equal((await world.read(answer.id_token)).claims.nonce, 'NONCE');
  });

  it('with transfer:funds: a push, and its approval yields the scope and the time of the approval', async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, { ...IMPLICIT, scope: 'openid view:balance transfer:funds' });
    assert.match(new URL(page.url).pathname, /^\/u\/mfa-push\//);
    const answer = readCallback((await world.answerPush(browser, page)).url);
    const { claims } = await world.read(answer.access_token);
    assert.equal(claims.scope, 'openid view:balance transfer:funds');
    assert.ok(Math.abs(claims[MFA_AT] - Date.now() / 1000) < 5);
    assert.deepEqual((await world.read(answer.id_token)).claims.amr, ['mfa']);
  });

  it('denied on the phone: access_denied and no token', async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, { ...IMPLICIT, scope: 'openid view:balance transfer:funds' });
    const answer = readCallback((await world.answerPush(browser, page, 'deny')).url);
    assert.equal(answer.error, 'access_denied');
    assert.equal(answer.access_token, undefined);
  });
});
