/** What apps and the API meet: discovery, keys, CORS, /userinfo, /v2/logout, JSON bodies, web_message. */

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { ALICE, AUDIENCE, Browser, newPkce, readCallback, startWorld, WEB } from './harness/world.js';

const SCOPE = 'openid profile email view:balance';

let world;
before(async () => { world = await startWorld(); });
after(() => world.stop());

describe('discovery', () => {
  it('names the issuer with its slash and Auth0\'s paths', async () => {
    const document = await (await fetch(world.url('.well-known/openid-configuration'))).json();
    assert.equal(document.issuer, world.issuer);
    const endpoints = Object.entries(document).filter(([, value]) => String(value).startsWith(world.issuer));
    assert.deepEqual(Object.fromEntries(endpoints.map(([name, url]) => [name, new URL(url).pathname])), {
      issuer: '/', authorization_endpoint: '/authorize', token_endpoint: '/oauth/token', userinfo_endpoint: '/userinfo',
      jwks_uri: '/.well-known/jwks.json', revocation_endpoint: '/oauth/revoke', end_session_endpoint: '/oidc/logout',
      backchannel_authentication_endpoint: '/bc-authorize',
    });
    assert.equal(document.response_types_supported.length, 7);
    // Auth0 sends no `iss` with its answers (RFC 9207), and says nothing of it.
    assert.equal(document.authorization_response_iss_parameter_supported, undefined);
  });
});

describe('keys', () => {
  it('has the current and the next one, public parts only, each with its certificate', async () => {
    const keys = await world.jwks();
    assert.equal(keys.length, 2);
    for (const key of keys) {
      assert.deepEqual(Object.keys(key), ['alg', 'kty', 'use', 'n', 'e', 'kid', 'x5t', 'x5c']);
      assert.equal(Buffer.from(key.n, 'base64url').length, 256);
      const certificate = new X509Certificate(Buffer.from(key.x5c[0], 'base64'));
      assert.equal(certificate.publicKey.export({ format: 'jwk' }).n, key.n);
      assert.ok(certificate.verify(certificate.publicKey));
      assert.equal(createHash('sha1').update(certificate.raw).digest('base64url'), key.x5t);
    }
  });

  it('rotates: the next one signs at once, what was signed before stays valid, sessions and pushes go on', async () => {
    const browser = new Browser();
    const before = await world.codeFlow(browser, { scope: SCOPE });
    const waiting = await world.authorize(browser, {
      response_type: 'code',
      scope: 'openid transfer:funds',
      ...newPkce().parameters,
    });
    const [current, next] = await world.jwks();
    assert.equal((await world.read(before.access_token)).header.kid, current.kid);

    assert.equal((await fetch(world.url('_tenant/rotate-keys'), { method: 'POST' })).status, 204);
    const after = await world.codeFlow(browser, { scope: SCOPE, prompt: 'none' });
    assert.equal((await world.read(after.access_token)).header.kid, next.kid);
    assert.equal((await world.read(after.id_token)).header.kid, next.kid);
    const kids = (await world.jwks()).map(({ kid }) => kid);
    assert.equal(kids[0], next.kid);
    assert.ok(kids.includes(current.kid) && kids.length === 3);
    await world.read(before.access_token);
    assert.ok(readCallback((await world.answerPush(browser, waiting)).url).code);
  });
});

describe('tokens', () => {
  it('an access token is RFC 9068, lives 15 minutes, and names /userinfo when openid was asked for', async () => {
    const { access_token: token, expires_in: lifetime } = await world.codeFlow(new Browser(), { scope: SCOPE });
    const { header, claims } = await world.read(token);
    assert.deepEqual([header.typ, header.alg], ['at+jwt', 'RS256']);
    assert.deepEqual(Object.keys(claims).sort(), ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub']);
    assert.deepEqual([lifetime, claims.exp - claims.iat], [900, 900]);
    assert.deepEqual(claims.aud, [AUDIENCE, `${world.issuer}userinfo`]);
  });

  it('without openid aud is the API alone, and there is no id_token', async () => {
    const answer = await world.codeFlow(new Browser(), { scope: 'view:balance' });
    assert.equal((await world.read(answer.access_token)).claims.aud, AUDIENCE);
    assert.equal(answer.id_token, undefined);
  });

  it('an id_token has typ JWT, the profile, and 15 minutes', async () => {
    const { id_token: token } = await world.codeFlow(new Browser(), { scope: SCOPE });
    const { header, claims } = await world.read(token);
    assert.equal(header.typ, 'JWT');
    assert.equal(claims.aud, world.clientId);
    assert.equal(claims.exp - claims.iat, 900);
    const { name, email, email_verified: verified, updated_at: updated, picture, sid } = claims;
    assert.deepEqual(
      [name, email, verified, updated],
      ['Alice Archer', ALICE.username, true, '2026-01-01T00:00:00.000Z'],
    );
    assert.match(picture, /^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{32}\?s=480/);
    assert.match(sid, /^[\w-]+$/);
  });

  it('every id_token of a session has its sid, a refreshed one too', async () => {
    const browser = new Browser();
    const scope = `${SCOPE} offline_access`;
    const first = await world.codeFlow(browser, { scope });
    const silent = await world.codeFlow(browser, { scope, prompt: 'none' });
    const refreshed = await world.refresh(first.refresh_token);
    const other = await world.codeFlow(new Browser(), { scope });
    const [one, two, three, four] = await Promise.all(
      [first, silent, refreshed, other].map(async ({ id_token: token }) => (await world.read(token)).claims.sid),
    );
    assert.deepEqual([two, three], [one, one]);
    assert.notEqual(four, one);
  });

  it('a machine token is <client_id>@clients with the scopes of its grant, whether asked by JSON or form', async () => {
    const request = {
      grant_type: 'client_credentials', audience: AUDIENCE,
      client_id: world.bridge.client_id, client_secret: world.tenant.secretOf('Drawbridge Bridge'),
    };
    const asJson = await fetch(world.url('oauth/token'), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request),
    });
    for (const answer of [await asJson.json(), await world.token(request)]) {
      const { claims } = await world.read(answer.access_token);
      assert.deepEqual(
        [claims.sub, claims.scope, claims.aud],
        [`${world.bridge.client_id}@clients`, 'create:session', AUDIENCE],
      );
      assert.equal(answer.scope, 'create:session');
    }
  });

  it('a malformed token request is invalid_request', async () => {
    const bodies = [
      ['application/json', '{'],
      ['application/json', '[]'],
      ['application/json', '{"grant_type":7}'],
      ['text/plain', 'x'],
    ];
    for (const route of ['oauth/token', 'oauth/revoke']) {
      for (const [type, body] of bodies) {
        const response = await fetch(world.url(route), { method: 'POST', headers: { 'content-type': type }, body });
        assert.equal(response.status, 400);
        assert.equal((await response.json()).error, 'invalid_request');
      }
    }
  });
});

describe('an app in the browser', () => {
  it('may call /oauth/token from its own origin, with the SDK\'s header', async () => {
    const preflight = await fetch(world.url('oauth/token'), {
      method: 'OPTIONS',
      headers: {
        origin: WEB,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'auth0-client',
      },
    });
    assert.equal(preflight.headers.get('access-control-allow-origin'), WEB);
    assert.match(preflight.headers.get('access-control-allow-headers'), /auth0-client/);
  });

  it('gets no answer for a page elsewhere, whatever it asks', async () => {
    for (const [path, method] of [
      ['oauth/token', 'OPTIONS'],
      ['oauth/token', 'POST'],
      ['.well-known/jwks.json', 'GET'],
      ['userinfo', 'GET'],
      ['authorize', 'GET'],
    ]) {
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      ]) {
        const response = await fetch(world.url(path), { method, headers });
        assert.equal(response.status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
        assert.equal(response.headers.get('access-control-allow-origin'), null);
      }
    }
  });

  it('gets its answer by web_message in an iframe of its own', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: SCOPE });
    const request = { response_type: 'code', prompt: 'none', response_mode: 'web_message', ...newPkce().parameters };
    for (const [scope, expected] of [[SCOPE, '"code":"'], ['openid transfer:funds', '"error":"login_required"']]) {
      const { response } = await browser.go(world.authorizeUrl({ ...request, scope }));
      assert.ok((await response.text()).includes(expected));
      assert.equal(response.headers.get('x-frame-options'), null);
      const policy = response.headers.get('content-security-policy');
      assert.ok(!policy.includes('frame-ancestors') && /script-src 'self' 'sha256-/.test(policy), policy);
    }
  });

  it('closes the popup of web_message itself: a page that did would be taken for a cancelled one', async () => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: SCOPE });
    const request = { response_type: 'code', scope: SCOPE, response_mode: 'web_message', ...newPkce().parameters };
    const { response } = await browser.go(world.authorizeUrl(request));
    const [, script] = /<script>([^]*?)<\/script>/.exec(await response.text());
    assert.match(script, /postMessage/);
    assert.doesNotMatch(script, /close\(/);
    const hash = createHash('sha256').update(script).digest('base64');
    assert.ok(response.headers.get('content-security-policy').includes(`'sha256-${hash}'`));
  });

  it('reads /userinfo with its access token for the API', async () => {
    const { access_token: token } = await world.codeFlow(new Browser(), { scope: SCOPE });
    const response = await fetch(world.url('userinfo'), { headers: { authorization: `Bearer ${token}`, origin: WEB } });
    assert.equal(response.headers.get('access-control-allow-origin'), WEB);
    const { session_id: sessionId, picture, ...profile } = await response.json();
    assert.deepEqual(profile, {
      sub: ALICE.sub, name: 'Alice Archer', nickname: 'alice', email: ALICE.username, email_verified: true,
      updated_at: '2026-01-01T00:00:00.000Z',
    });
    assert.match(picture, /gravatar/);
    // As at Auth0: what an Action put into the id_token shows here too.
    assert.match(sessionId, /^[\w-]{43}$/);
  });

  it('gets an opaque token when it names no API, good for /userinfo', async () => {
    const { access_token: token } = await world.codeFlow(new Browser(), { scope: 'openid email', audience: '' });
    assert.ok(!token.includes('.'));
    const response = await fetch(world.url('userinfo'), { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await response.json()).email, ALICE.username);
  });

  it('/userinfo refuses everything else', async () => {
    const { access_token: token, id_token: idToken } = await world.codeFlow(new Browser(), { scope: SCOPE });
    const [header, payload] = token.split('.');
    for (const value of [undefined, 'x', `${header}.${payload}.AAAA`, idToken]) {
      const headers = value ? { authorization: `Bearer ${value}` } : {};
      assert.equal((await fetch(world.url('userinfo'), { headers })).status, 401);
    }
  });

});
