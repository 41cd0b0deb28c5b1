/** Requests to /authorize that Auth0 takes and OpenID Connect does not know, or knows otherwise. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ALICE, AUDIENCE, Browser, newPkce, readCallback, startWorld } from './harness/world.js';

let world;
before(async () => { world = await startWorld(); });
after(() => world.stop());

const code = (extra) => ({ response_type: 'code', scope: 'openid view:balance', ...newPkce().parameters, ...extra });
const text = ({ response }) => response.text();
const PATH = /^\/u\/(login|consent)\//;
const waitsAt = (page) => PATH.exec(new URL(page.url).pathname)?.[1];

describe('/authorize', () => {
  it('response_type=token gives an access token and no id_token', async () => {
    const page = await world.authorize(new Browser(), { response_type: 'token', scope: 'view:balance' });
    const { access_token: token, ...rest } = readCallback(page.url);
    assert.deepEqual(rest, { expires_in: '900', scope: 'view:balance', state: 'a-state', token_type: 'Bearer' });
    assert.deepEqual((await world.read(token)).claims.aud, AUDIENCE);
  });

  it('response_type=token with transfer:funds: one push, one approval', async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, { response_type: 'token', scope: 'view:balance transfer:funds' });
    const { access_token: token } = readCallback((await world.answerPush(browser, page)).url);
    const { claims } = await world.read(token);
    assert.equal(claims.scope, 'view:balance transfer:funds');
    assert.match(claims[`${AUDIENCE}/approval_id`], /^[\w-]{22}$/);
  });

  it('takes a form by POST', async () => {
    const body = new URLSearchParams(new URL(world.authorizeUrl(code())).search);
    const browser = new Browser();
    const page = await browser.go(world.url('authorize'), { method: 'POST', body });
    assert.equal(waitsAt(page), 'login');
    assert.ok(readCallback((await browser.submit(page.url, ALICE)).url).code);
  });

  it('answers by 302, and without iss', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: 'openid' });
    const response = await browser.fetch(world.authorizeUrl(code({ prompt: 'none' })));
    assert.equal(response.status, 302);
    assert.deepEqual(Object.keys(readCallback(response.headers.get('location'))), ['code', 'state']);
    const refused = await new Browser().fetch(world.authorizeUrl(code({ prompt: 'none' })));
    const { state, ...error } = readCallback(refused.headers.get('location'));
    assert.deepEqual(Object.keys(error), ['error', 'error_description']);
  });

  it('without a scope asks for openid', async () => {
    const browser = new Browser();
    const { verifier, parameters } = newPkce();
    const page = await world.authorize(browser, { response_type: 'code', ...parameters });
    const tokens = await world.exchange(readCallback(page.url).code, verifier);
    assert.equal(tokens.scope, 'openid');
    assert.ok(tokens.id_token);
  });

  it('leaves out scopes that it does not know', async () => {
    const tokens = await world.codeFlow(new Browser(), { scope: 'openid view:balance view:nothing phone' });
    assert.equal((await world.read(tokens.access_token)).claims.scope, 'openid view:balance');
  });

  it("an unknown audience is refused in Auth0's words", async () => {
    const { error, error_description: said } = readCallback(
      (await new Browser().go(world.authorizeUrl(code({ audience: 'https://x' })))).url,
    );
    assert.deepEqual([error, said], ['access_denied', 'Service not found: https://x']);
  });

  it('prompt=select_account asks who it is, also where somebody is signed in', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: 'openid' });
    const page = await browser.go(world.authorizeUrl(code({ prompt: 'select_account' })));
    assert.equal(waitsAt(page), 'login');
    assert.ok(readCallback((await browser.submit(page.url, ALICE)).url).code);
    const runs = await (await fetch(world.url('_tenant/actions'))).json();
    assert.equal(runs.at(-1).action, 'login-bridge');
  });

  it('prompt=consent asks for consent, and takes a no for an answer', async () => {
    for (const [choice, given] of [['accept', true], ['deny', false]]) {
      const browser = new Browser();
      const page = await world.authorize(browser, code({ prompt: 'consent' }));
      assert.equal(waitsAt(page), 'consent');
      assert.match(await text(page), /See account balances and transfers/);
      const answer = readCallback((await browser.submit(page.url, { choice })).url);
      assert.equal(Boolean(answer.code), given);
      if (!given)
        assert.deepEqual(
          [answer.error, answer.error_description],
          ['access_denied', 'User did not authorize the request'],
        );
    }
  });

  it('prompt=login consent asks for both', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: 'openid' });
    const page = await world.authorize(browser, code({ prompt: 'login consent' }));
    assert.equal(waitsAt(page), 'consent');
    assert.ok(readCallback((await browser.submit(page.url, { choice: 'accept' })).url).code);
  });

  it('a consent page takes no form from another site', async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, code({ prompt: 'consent' }));
    const body = new URLSearchParams({ choice: 'accept' });
    const forged = await browser.fetch(page.url, { method: 'POST', headers: { origin: 'https://evil.example' }, body });
    assert.equal(forged.status, 403);
    assert.equal((await new Browser().go(page.url)).response.status, 400);
  });
});
