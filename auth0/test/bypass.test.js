/** Each way around the step-up that facts or forums know of, tried through the real tenant with the real Actions. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ALICE, BOB, Browser, CALLBACK, MFA_AT, newPkce, readCallback, startWorld } from './harness/world.js';

const VIEW = 'openid offline_access view:balance';
const FUNDS = `${VIEW} transfer:funds`;
const waits = (page) => new URL(page.url).pathname.startsWith('/u/mfa-push/');

let world;
before(async () => { world = await startWorld(); });
after(() => world.stop());

const scopesOf = async ({ access_token: token }) => (await world.read(token)).claims.scope.split(' ');

/** The parameters of a code + PKCE request. */
function codeRequest(scope, extra = {}) {
  return { response_type: 'code', scope, ...newPkce().parameters, ...extra };
}

describe('a refresh token never yields transfer:funds', () => {
  it('although it was got together with an approved push', async () => {
    const first = await world.codeFlow(new Browser(), { scope: FUNDS });
    assert.ok((await scopesOf(first)).includes('transfer:funds'));

    const second = await world.refresh(first.refresh_token);
    assert.deepEqual(await scopesOf(second), ['openid', 'offline_access', 'view:balance']);
    assert.equal(second.scope, 'openid offline_access view:balance');
    assert.equal((await world.read(second.access_token)).claims[MFA_AT], undefined);
    assert.equal((await world.read(second.id_token)).claims.amr, undefined);
  });

  it('also when the refresh asks for it by name', async () => {
    const { refresh_token: token } = await world.codeFlow(new Browser(), { scope: FUNDS });
    assert.deepEqual(await scopesOf(await world.refresh(token, 'openid view:balance transfer:funds')), [
      'openid',
      'view:balance',
    ]);
  });

  it('nor when it asks for more than the login did', async () => {
    const { refresh_token: token } = await world.codeFlow(new Browser(), { scope: VIEW });
    assert.deepEqual(await scopesOf(await world.refresh(token, 'openid view:balance transfer:funds')), [
      'openid',
      'view:balance',
    ]);
  });

  it('and rotates: a used one takes its whole family with it', async () => {
    const first = await world.codeFlow(new Browser(), { scope: VIEW });
    const second = await world.refresh(first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal((await world.refresh(first.refresh_token)).error, 'invalid_grant');
    assert.equal((await world.refresh(second.refresh_token)).error, 'invalid_grant');
  });
});

describe('a remembered session', () => {
  it('logs in without a password, yet each step-up asks the phone anew', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: FUNDS });

    const silent = await browser.go(world.authorizeUrl(codeRequest('openid view:balance')));
    assert.ok(readCallback(silent.url).code, 'single sign-on');
    assert.ok(waits(await browser.go(world.authorizeUrl(codeRequest(FUNDS)))), 'a second push');
  });

  it('with prompt=none gets view:balance, and for transfer:funds the error that the SPA SDK knows', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: FUNDS });
    const pushes = (await world.challenges()).length;

    const view = await browser.go(world.authorizeUrl(codeRequest('openid view:balance', { prompt: 'none' })));
    assert.ok(readCallback(view.url).code);
    const { error, error_description: text } = readCallback(
      (await browser.go(world.authorizeUrl(codeRequest(FUNDS, { prompt: 'none' })))).url,
    );
    assert.deepEqual([error, text], ['login_required', 'Multifactor authentication required']);
    assert.equal((await world.challenges()).length, pushes, 'nobody is bothered');
  });

  it('without a session prompt=none is login_required', async () => {
    const page = await new Browser().go(world.authorizeUrl(codeRequest('openid view:balance', { prompt: 'none' })));
    assert.equal(readCallback(page.url).error, 'login_required');
  });
});

describe('an approval is for one request', () => {
  it('two tabs: the newer one has the push, and the approval is for it alone', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: VIEW });
    const [left, right] = [newPkce(), newPkce()];
    const request = ({ parameters }) => world.authorizeUrl({ response_type: 'code', scope: FUNDS, ...parameters });
    const leftPage = await browser.go(request(left));
    const [leftPush] = await world.challenges();
    const rightPage = await browser.go(request(right));
    assert.equal((await world.decide(leftPush.id, 'approve')).status, 410);
    const [rightPush, ...others] = await world.challenges();
    assert.deepEqual(others, []);

    await world.decide(rightPush.id, 'approve');
    const refused = readCallback((await browser.go(leftPage.url)).url);
    assert.deepEqual([refused.error, refused.code], ['access_denied', undefined]);
    const { code } = readCallback((await browser.go(rightPage.url)).url);
    assert.ok((await scopesOf(await world.exchange(code, right.verifier))).includes('transfer:funds'));
  });

  it('two logins side by side do not lose their codes', async () => {
    const browser = new Browser();
    const [left, right] = [newPkce(), newPkce()];
    const open = ({ parameters }) =>
      browser.go(world.authorizeUrl({ response_type: 'code', scope: 'openid view:balance', ...parameters }));
    const leftPage = await open(left);
    const rightPage = await open(right);
    const credentials = { username: ALICE.username, password: ALICE.password };
    const leftCode = readCallback((await browser.submit(leftPage.url, credentials)).url).code;
    const rightUrl = (await browser.submit(rightPage.url, credentials)).url;
    assert.equal((await world.exchange(leftCode, left.verifier)).status, 200);
    assert.equal((await world.exchange(readCallback(rightUrl).code, right.verifier)).status, 200);
  });

  it('Bob logs in where Alice did meanwhile: the tokens are his', async () => {
    const browser = new Browser();
    const pkce = newPkce();
    const page = await browser.go(world.authorizeUrl({ response_type: 'code', scope: VIEW, ...pkce.parameters }));
    await world.codeFlow(browser, { scope: VIEW });
    const done = await browser.submit(page.url, { username: BOB.username, password: BOB.password });
    const tokens = await world.exchange(readCallback(done.url).code, pkce.verifier);
    assert.equal((await world.read(tokens.access_token)).claims.sub, BOB.sub);
  });

  it('jumping over the waiting page starts the flow anew instead of finishing it', async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, codeRequest(FUNDS));
    const id = page.url.split('/').pop();
    const resumed = await browser.go(world.url(`authorize/${id}`));
    assert.ok(!readCallback(resumed.url).code, resumed.url);
    assert.ok(readCallback((await world.answerPush(browser, resumed)).url).code);
  });

  it('a push that was answered cannot be answered again', async () => {
    const browser = new Browser();
    await world.authorize(browser, codeRequest(FUNDS));
    const [{ id }] = await world.challenges();
    assert.equal((await world.decide(id, 'deny')).status, 200);
    assert.equal((await world.decide(id, 'approve')).status, 409);
  });

  it('an approval of Alice is worth nothing once Bob is logged in in that browser', async () => {
    const browser = new Browser();
    const waiting = await world.authorize(browser, codeRequest(FUNDS));
    const [push] = await world.challenges();
    const other = await browser.go(world.authorizeUrl(codeRequest(VIEW, { prompt: 'login' })));
    await browser.submit(other.url, { username: BOB.username, password: BOB.password });

    await world.decide(push.id, 'approve');
    const answer = readCallback((await browser.go(waiting.url)).url);
    assert.equal(answer.code, undefined);
  });

  it('a code is good once, and a second use kills what came of the first', async () => {
    const browser = new Browser();
    const { verifier, parameters } = newPkce();
    const page = await world.authorize(browser, { response_type: 'code', scope: VIEW, ...parameters });
    const { code } = readCallback(page.url);
    const first = await world.exchange(code, verifier);
    assert.equal(first.status, 200);
    assert.equal((await world.exchange(code, verifier)).error, 'invalid_grant');
    assert.equal((await world.refresh(first.refresh_token)).error, 'invalid_grant');
  });
});

describe('other grants', () => {
  for (const grantType of [
    'password', 'http://auth0.com/oauth/grant-type/password-realm', 'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:token-exchange', 'client_credentials',
  ]) {
    it(`${grantType} is refused to the app`, async () => {
      const answer = await world.token({
        grant_type: grantType,
        client_id: world.clientId,
        ...ALICE,
        scope: 'openid transfer:funds',
        audience: 'https://my-banking-api',
      });
      assert.deepEqual([answer.status, answer.error, answer.access_token], [403, 'unauthorized_client', undefined]);
    });
  }

  it('a machine cannot get transfer:funds', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: world.bridge.client_id,
      client_secret: world.tenant.secretOf('Drawbridge Bridge'),
      audience: 'https://my-banking-api',
      scope: 'create:session transfer:funds',
    };
    assert.equal((await world.token(form)).error, 'access_denied');
  });

  it('a user cannot get create:session', async () => {
    const answer = await world.codeFlow(new Browser(), { scope: 'openid view:balance create:session' });
    assert.deepEqual(await scopesOf(answer), ['openid', 'view:balance']);
  });

  it('a push denied in the code flow: access_denied, and no code', async () => {
    const { error } = await world.codeFlow(new Browser(), { scope: FUNDS, decision: 'deny' });
    assert.equal(error.error, 'access_denied');
    assert.equal(error.code, undefined);
  });

  it('PKCE is not optional, and its verifier must fit', async () => {
    const page = await new Browser().go(world.authorizeUrl({ response_type: 'code', scope: VIEW }));
    assert.equal(readCallback(page.url).error, 'invalid_request');
    const done = await world.authorize(new Browser(), codeRequest(VIEW));
    const answer = await world.exchange(readCallback(done.url).code, newPkce().verifier);
    assert.equal(answer.error, 'invalid_grant');
  });

  it('a callback that is not registered is never redirected to', async () => {
    for (const uri of [
      'https://evil.example/',
      `${CALLBACK}/x`,
      'http://localhost:3003/callback',
      'http://127.0.0.1:3002/callback',
    ]) {
      const page = await new Browser().go(world.authorizeUrl(codeRequest(VIEW, { redirect_uri: uri })));
      assert.equal(page.response.status, 400);
      assert.equal(page.response.headers.get('location'), null);
    }
  });
});
