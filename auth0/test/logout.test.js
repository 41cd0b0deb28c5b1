/** /v2/logout and /oidc/logout: whom they log out, and where they may lead. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { BOB, Browser, FILES, WEB, newPkce, readCallback, startWorld } from './harness/world.js';

const SCOPE = 'openid';
const AT_TENANT = 'https://bank.example/bye';
const folder = mkdtempSync(path.join(tmpdir(), 'tenant-'));
let world;
before(async () => {
  cpSync(path.join(path.dirname(FILES.tenant), 'actions'), path.join(folder, 'actions'), { recursive: true });
  const tenant = path.join(folder, 'tenant.yaml');
  const yaml = readFileSync(FILES.tenant, 'utf8');
  writeFileSync(
    tenant,
    yaml.replace(
      '  friendly_name: Drawbridge\n',
      `  friendly_name: Drawbridge\n  allowed_logout_urls: [${AT_TENANT}]\n`,
    ),
  );
  world = await startWorld({ tenant });
});
after(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** A browser that is logged in, and its id_token. */
async function loggedIn(user) {
  const browser = new Browser();
  const { id_token: token } = await world.codeFlow(browser, { scope: SCOPE, user });
  return { browser, token, sid: (await world.read(token)).claims.sid };
}

async function isLoggedIn(browser) {
  const request = { response_type: 'code', scope: SCOPE, prompt: 'none', ...newPkce().parameters };
  return Boolean(readCallback((await browser.go(world.authorizeUrl(request))).url).code);
}

const at = (route, query) => world.url(`${route}?${new URLSearchParams(query)}`);

describe('/v2/logout', () => {
  const client = () => ({ client_id: world.clientId });
  const allowed = {
    'with a client, to one of its addresses': [() => ({ ...client(), returnTo: WEB }), `${WEB}/`],
    'with a client, whatever query and fragment the address has': [
      () => ({ ...client(), returnTo: `${WEB}/?from=a#b` }),
      `${WEB}/?from=a#b`,
    ],
    'with a client, whatever the case of the host': [
      () => ({ ...client(), returnTo: 'HTTP://LOCALHOST:3002' }),
      `${WEB}/`,
    ],
    'with a client and no address, to its first': [client, `${WEB}/`],
    'without a client, to one of the tenant\'s': [() => ({ returnTo: AT_TENANT }), AT_TENANT],
  };
  for (const [title, [query, target]] of Object.entries(allowed)) {
    it(title, async () => {
      const { browser } = await loggedIn();
      assert.equal((await browser.go(at('v2/logout', query()))).url, target);
      assert.equal(await isLoggedIn(browser), false);
    });
  }

  it('without either says so', async () => {
    const { browser } = await loggedIn();
    assert.equal((await browser.go(world.url('v2/logout'))).response.status, 200);
    assert.equal(await isLoggedIn(browser), false);
  });

  const refused = {
    'an address elsewhere': () => ({ ...client(), returnTo: 'https://evil.example' }),
    'another path': () => ({ ...client(), returnTo: `${WEB}/elsewhere` }),
    'an address of the tenant\'s, with a client': () => ({ ...client(), returnTo: AT_TENANT }),
    'an address of a client\'s, without it': () => ({ returnTo: WEB }),
    'an unknown client': () => ({ client_id: 'nobody', returnTo: WEB }),
    'an address with a user name': () => ({ ...client(), returnTo: 'http://evil@localhost:3002' }),
    'no address at all': () => ({ ...client(), returnTo: 'javascript:alert(1)' }),
  };
  for (const [title, query] of Object.entries(refused)) {
    it(`refuses ${title}, and nothing was done`, async () => {
      const { browser } = await loggedIn();
      const { response } = await browser.go(at('v2/logout', query()));
      assert.deepEqual([response.status, response.headers.get('location')], [400, null]);
      assert.ok(await isLoggedIn(browser));
    });
  }
});

describe('/oidc/logout', () => {
  const back = { post_logout_redirect_uri: WEB };

  it('logs out at once whom the id_token names, and gives the state back', async () => {
    const { browser, token } = await loggedIn();
    const { url } = await browser.go(at('oidc/logout', { id_token_hint: token, ...back, state: 's' }));
    assert.equal(url, `${WEB}/?state=s`);
    assert.equal(await isLoggedIn(browser), false);
  });

  it('takes the sid instead, with the client', async () => {
    const { browser, sid } = await loggedIn();
    const { url } = await browser.go(at('oidc/logout', { logout_hint: sid, client_id: world.clientId, ...back }));
    assert.equal(url, `${WEB}/`);
    assert.equal(await isLoggedIn(browser), false);
  });

  it('takes a form too', async () => {
    const { browser, token } = await loggedIn();
    assert.equal((await browser.submit(world.url('oidc/logout'), { id_token_hint: token, ...back })).url, `${WEB}/`);
  });

  it('asks first if nothing shows whom the app means', async () => {
    for (const query of [{ client_id: '', ...back }, { client_id: '', logout_hint: 'invented', ...back }]) {
      const { browser } = await loggedIn();
      const request = { ...query, client_id: world.clientId };
      const page = await browser.go(at('oidc/logout', request));
      assert.match(await page.response.text(), /<button>Sign out<\/button>/);
      assert.ok(await isLoggedIn(browser));
      // A page elsewhere cannot press the button.
      const forged = await browser.fetch(world.url('oidc/logout'), {
        method: 'POST',
        headers: { origin: 'https://evil.example' },
        body: new URLSearchParams({ ...request, confirmed: 'yes' }),
      });
      assert.equal(forged.status, 403);
      assert.ok(await isLoggedIn(browser));
      assert.equal((await browser.submit(world.url('oidc/logout'), { ...request, confirmed: 'yes' })).url, `${WEB}/`);
      assert.equal(await isLoggedIn(browser), false);
    }
  });

  const refused = {
    'an address elsewhere': ({ token }) => ({ id_token_hint: token, post_logout_redirect_uri: 'https://evil.example' }),
    'an id_token that is none': () => ({ id_token_hint: 'a.b.c', ...back }),
    'an id_token whose signature is not ours': ({ token }) => ({
      id_token_hint: `${token.slice(0, -8)}AAAAAAAA`,
      ...back,
    }),
    'an id_token of another client': ({ token }) => ({
      id_token_hint: token,
      client_id: world.bridge.client_id,
      ...back,
    }),
    "a logout_hint that is not the id_token's": ({ token }) => ({ id_token_hint: token, logout_hint: 'x', ...back }),
  };
  for (const [title, query] of Object.entries(refused)) {
    it(`refuses ${title}, and nothing was done`, async () => {
      const session = await loggedIn();
      assert.equal((await session.browser.go(at('oidc/logout', query(session)))).response.status, 400);
      assert.ok(await isLoggedIn(session.browser));
    });
  }

  it('refuses the id_token of somebody else', async () => {
    const { token } = await loggedIn(BOB);
    const { browser } = await loggedIn();
    assert.equal((await browser.go(at('oidc/logout', { id_token_hint: token, ...back }))).response.status, 400);
    assert.ok(await isLoggedIn(browser));
  });
});
