/** The pages as a browser without JavaScript meets them, and as somebody else's page would like to use them. */

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { ALICE, Browser, newPkce, readCallback, startWorld } from './harness/world.js';

const FUNDS = 'openid view:balance transfer:funds';

let world;
let ahead = 0;
before(async () => { world = await startWorld({ now: () => Date.now() + ahead }); });
after(() => world.stop());

const request = (scope) => ({ response_type: 'code', scope, ...newPkce().parameters });
const text = ({ response }) => response.text();

async function waitingPage() {
  const browser = new Browser();
  const page = await world.authorize(browser, request(FUNDS));
  const [push] = await world.challenges();
  return { browser, page, push };
}

describe('the login page', () => {
  it('is a plain form whose wrong password is told in words', async () => {
    const browser = new Browser();
    const page = await browser.go(world.authorizeUrl(request('openid view:balance')));
    assert.match(await text(page), /<form method="post">[\s\S]*name="username"[\s\S]*name="password"/);
    for (const fields of [
      { username: ALICE.username, password: 'wrong' },
      { username: 'nobody@example.com', password: 'x' },
    ]) {
      const again = await browser.submit(page.url, fields);
      assert.equal(again.response.status, 400);
      assert.match(await text(again), /role="alert">Wrong email or password/);
    }
    assert.match(await text(await browser.submit(page.url, { username: 'x' })), /Fill in both fields/);
  });

  it('escapes what it is given back', async () => {
    const browser = new Browser();
    const page = await browser.go(
      world.authorizeUrl({ ...request('openid'), login_hint: '"><script>alert(1)</script>' }),
    );
    assert.ok(!(await text(page)).includes('<script>alert'));
    const again = await browser.submit(page.url, { username: '"><img src=x>', password: 'x' });
    assert.ok(!(await text(again)).includes('<img'));
  });

  it('takes a login only with the cookie of that very interaction', async () => {
    const page = await new Browser().go(world.authorizeUrl(request('openid view:balance')));
    const stranger = await new Browser().submit(page.url, { username: ALICE.username, password: ALICE.password });
    assert.equal(stranger.response.status, 400);
    assert.match(await text(stranger), /expired or was finished/);
  });

  it('takes no form from another site', async () => {
    const browser = new Browser();
    const page = await browser.go(world.authorizeUrl(request('openid view:balance')));
    const body = new URLSearchParams({ username: ALICE.username, password: ALICE.password });
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'same-site' }]) {
      const response = await browser.fetch(page.url, { method: 'POST', body, headers });
      assert.equal(response.status, 403);
    }
  });
});

describe('the page that waits for the push', () => {
  it('stays while nobody has answered, and goes on by a plain GET once somebody did', async () => {
    const { browser, page, push } = await waitingPage();
    const still = await browser.go(page.url);
    assert.equal(still.url, page.url);
    assert.match(await text(still), /<noscript><meta http-equiv="refresh"/);
    assert.deepEqual(await (await browser.fetch(`${page.url}?state`)).json(), { state: 'pending' });

    await world.decide(push.id, 'approve');
    assert.deepEqual(await (await browser.fetch(`${page.url}?state`)).json(), { state: 'approved' });
    const response = await browser.fetch(page.url);
    assert.equal(response.status, 303);
    assert.match(response.headers.get('location'), /\/authorize\//);
    assert.ok(readCallback((await browser.go(page.url)).url).code);
  });

  it('can be cancelled, and then the push is gone from the phone', async () => {
    const { browser, page, push } = await waitingPage();
    const answer = readCallback((await browser.submit(page.url, { choice: 'cancel' })).url);
    assert.equal(answer.error, 'access_denied');
    assert.equal((await world.decide(push.id, 'approve')).status, 404);
  });

  it('offers a new push when nobody answered in time, and only then', async () => {
    const { browser, page, push } = await waitingPage();
    await browser.submit(page.url, { choice: 'again' });
    assert.equal((await world.challenges())[0].id, push.id);

    ahead += 6 * 60 * 1000;
    assert.match(await text(await browser.go(page.url)), /was not answered in time/);
    assert.equal((await world.decide(push.id, 'approve')).status, 410);
    const again = await browser.submit(page.url, { choice: 'again' });
    assert.match(await text(again), /We sent a notification/);
    const [fresh] = await world.challenges();
    assert.notEqual(fresh.id, push.id);
    ahead = 0;
    await world.decide(fresh.id, 'approve');
    assert.ok(readCallback((await browser.go(page.url)).url).code);
  });

  it('is no one else\'s to see or to cancel', async () => {
    const { page } = await waitingPage();
    assert.equal((await new Browser().go(page.url)).response.status, 400);
    assert.equal((await new Browser().submit(page.url, { choice: 'cancel' })).response.status, 400);
  });
});

describe('the phone', () => {
  it('shows who asks for what, when and from where, and works with a form', async () => {
    const { browser, page, push } = await waitingPage();
    assert.deepEqual(Object.keys(push).sort(), [
      'action',
      'browser',
      'client',
      'created_at',
      'id',
      'ip',
      'scope',
      'user',
    ]);
    assert.equal(push.client, 'Drawbridge Web');
    assert.equal(push.user, ALICE.username);
    assert.equal(push.scope, 'view:balance transfer:funds');
    assert.match(push.action, /Send money from your accounts/);

    const phone = new Browser();
    const html = await text(await phone.go(world.url('phone')));
    for (const part of [
      'Drawbridge Web',
      'Send money from your accounts',
      ALICE.username,
      'this computer',
      `datetime="${push.created_at}"`,
    ]) {
      assert.ok(html.includes(part), part);
    }
    assert.doesNotMatch(html, /amount|EUR|€/i, 'Auth0 knows a scope, not the transfer');
    const back = await phone.submit(world.url(`phone/challenges/${push.id}`), { decision: 'approve' });
    assert.equal(back.url, world.url('phone'));
    assert.ok(!(await text(back)).includes(push.id));
    assert.ok(readCallback((await browser.go(page.url)).url).code);
  });

  it('takes a decision only from its own origin, for a push that exists, in two words', async () => {
    const { push } = await waitingPage();
    const post = (id, decision, headers = {}) =>
      fetch(world.url(`phone/challenges/${id}`), {
        method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ decision }),
      });
    assert.equal((await post(push.id, 'approve', { origin: 'https://evil.example' })).status, 403);
    assert.equal((await post(push.id, 'approve', { origin: 'http://localhost:3002' })).status, 403);
    assert.equal((await post(push.id, 'maybe')).status, 400);
    assert.equal((await post(push.id, 'constructor')).status, 400);
    assert.equal((await post('AAAAAAAAAAAAAAAAAAAAAA', 'approve')).status, 404);
    assert.equal((await world.challenges()).find(({ id }) => id === push.id).id, push.id);
    assert.equal((await post(push.id, 'approve')).status, 200);
  });
});

describe('every answer', () => {
  it('carries a strict policy and no cache', async () => {
    const response = await fetch(world.url('phone'));
    const policy = response.headers.get('content-security-policy');
    for (const part of [
      "default-src 'none'",
      "script-src 'self';",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self' http://localhost:3002",
    ]) {
      assert.ok(policy.includes(part), policy);
    }
    assert.ok(!policy.includes('unsafe'));
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });

  it('is refused under another name: DNS rebinding', async () => {
    const { port } = new URL(world.issuer);
    const status = (host) => new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port, path: '/phone/challenges', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject).end();
    });
    assert.equal(await status(`localhost:${port}`), 200);
    assert.equal(await status(`127.0.0.1:${port}`), 200);
    for (const host of [`evil.example:${port}`, 'localhost', 'localhost:1', `localhost.evil.example:${port}`]) {
      assert.equal(await status(host), 421, host);
    }
  });

  it('that cannot be told to an app is a page that names the cause', async () => {
    const page = await new Browser().go(
      world.authorizeUrl({ ...request('openid'), redirect_uri: 'https://evil.example' }),
    );
    assert.match(await text(page), /not among its callbacks in tenant\.yaml/);
  });
});
