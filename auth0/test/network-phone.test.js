/** The phone page on the network: not there unless asked for, and then for the one browser that has the link. */

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { Server } from 'node:net';
import { after, before, describe, it, mock } from 'node:test';

import { startTenant } from '../local/server.js';
import { ALICE, Browser, FILES, WEB, newPkce, readCallback, startWorld } from './harness/world.js';

/** Stands for the network: the loopback address, taken for one that others reach. */
const interfaces = {
  net: [
    { family: 'IPv4', address: '127.0.0.1', internal: false },
    { family: 'IPv6', address: 'fe80::1', internal: false },
  ],
};
const exposed = { phonePort: 0, interfaces };

const text = ({ response }) => response.text();

/** A world, and the addresses that its tenant listens on. */
async function listeningWorld(overrides) {
  const listen = mock.method(Server.prototype, 'listen');
  const world = await startWorld(overrides);
  listen.mock.restore();
  const all = listen.mock.calls.map((call) => call.this.address());
  return {
    world,
    addresses: all.filter(({ port }) => !world.bank.url.endsWith(`:${port}`)).map(({ address }) => address),
  };
}

describe('the phone page', () => {
  it('listens on the loopback address alone, unless asked for otherwise', async () => {
    const { world, addresses } = await listeningWorld();
    assert.deepEqual(addresses, ['127.0.0.1']);
    assert.deepEqual(world.tenant.phoneLinks, []);
    await world.stop();
  });

  it('if asked for, listens everywhere, in a listener besides', async () => {
    const { world, addresses } = await listeningWorld(exposed);
    assert.deepEqual(addresses, ['127.0.0.1', '0.0.0.0']);
    assert.match(world.tenant.phoneLinks.join(), /^http:\/\/127\.0\.0\.1:\d+\/phone\/pair\/[a-z0-9]{26}$/);
    await world.stop();
  });

  it('is not exposed where there is no network', async () => {
    const options = { port: 0, ...FILES, api: 'http://localhost:1', web: WEB, ...exposed };
    await assert.rejects(
      startTenant({ ...options, interfaces: { lo: [{ family: 'IPv4', address: '127.0.0.1', internal: true }] } }),
      /no IPv4 address/,
    );
  });
});

describe('on the network', () => {
  let world;
  let link;
  let phone;
  let cookie;
  before(async () => {
    world = await startWorld(exposed);
    [link] = world.tenant.phoneLinks;
    phone = new Browser();
  });
  after(() => world.stop());

  const at = (path) => new URL(path, link).href;
  const waits = async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, {
      response_type: 'code',
      scope: 'openid transfer:funds',
      ...newPkce().parameters,
    });
    return { browser, page, push: (await world.challenges())[0] };
  };
  const post = (id, headers = {}) =>
    phone.fetch(at(`/phone/challenges/${id}`), {
      method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"decision":"approve"}',
    });

  it('nobody sees or decides anything without the link', async () => {
    const { push } = await waits();
    for (const path of ['/phone', '/phone/challenges', '/phone/pair/aaaaaaaaaaaaaaaaaaaaaaaaaa', '/phone/pair/']) {
      const response = await fetch(at(path));
      assert.equal(response.status, 403, path);
      assert.ok(!(await response.text()).includes(ALICE.username));
    }
    assert.equal((await post(push.id)).status, 403);
    assert.equal((await post(push.id, { cookie: 'drawbridge_phone=undefined' })).status, 403);
    assert.ok((await world.challenges()).some(({ id }) => id === push.id));
  });

  it('a link that is only looked at is not used up', async () => {
    const preview = new Browser();
    for (let times = 0; times < 2; times += 1) assert.match(await text(await preview.go(link)), /Pair this phone/);
    assert.equal((await preview.fetch(at('/phone'))).status, 403);
  });

  it('a page elsewhere cannot use it', async () => {
    for (const origin of ['null', 'http://evil.example', world.issuer.slice(0, -1)]) {
      assert.equal((await phone.fetch(link, { method: 'POST', headers: { origin } })).status, 403, origin);
    }
  });

  it('the link makes one browser the phone, which approves', async () => {
    const { browser, page, push } = await waits();
    // As a phone's browser sends it: over plain http no Sec-Fetch-Site, but an Origin, for the page lets it.
    assert.equal((await phone.go(link)).response.headers.get('referrer-policy'), 'same-origin');
    const paired = await phone.fetch(link, { method: 'POST', headers: { origin: new URL(link).origin } });
    assert.equal(paired.status, 303);
    assert.match(
      paired.headers.get('set-cookie'),
      /^drawbridge_phone=[\w-]{43}; path=\/phone; samesite=strict; httponly$/i,
    );
    [cookie] = paired.headers.get('set-cookie').split(';');
    assert.ok(world.lines.some((line) => line.includes('is the phone now')));

    const html = await text(await phone.go(at('/phone')));
    for (const part of [
      'Drawbridge Web',
      'Send money from your accounts',
      ALICE.username,
      'the computer that runs Drawbridge',
    ]) {
      assert.ok(html.includes(part), part);
    }
    assert.equal((await post(push.id, { origin: 'http://evil.example' })).status, 403);
    assert.equal((await post(push.id)).status, 200);
    assert.ok(readCallback((await browser.go(page.url)).url).code);
  });

  it('and no second one', async () => {
    const other = new Browser();
    assert.equal((await other.go(link)).response.status, 403);
    assert.equal((await other.fetch(link, { method: 'POST' })).status, 403);
    assert.equal((await other.fetch(at('/phone'))).status, 403);
    assert.equal((await phone.go(link)).url, at('/phone'), 'the phone itself is led to its page');
  });

  it('there is nothing else, not even for the phone', async () => {
    const paths = [
      '/',
      '/authorize',
      '/oauth/token',
      '/userinfo',
      '/v2/logout',
      '/u/login/x',
      '/_tenant/actions',
      '/.well-known/jwks.json',
    ];
    for (const path of paths) {
      assert.equal((await fetch(at(path))).status, 403, path);
      assert.equal((await fetch(at(path), { headers: { cookie } })).status, 404, path);
    }
    assert.equal((await fetch(at('/_tenant/rotate-keys'), { method: 'POST', headers: { cookie } })).status, 404);
    assert.equal((await fetch(at('/assets/tenant.css'))).status, 200);
  });

  it('it answers to its number only: DNS rebinding', async () => {
    const { port } = new URL(link);
    const status = (host) => new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port, path: '/phone', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject).end();
    });
    assert.equal(await status(`127.0.0.1:${port}`), 403);
    for (const host of [
      `evil.example:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ]) {
      assert.equal(await status(host), 421, host);
    }
  });
});
