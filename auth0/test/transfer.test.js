/** The transfer that the bank signed, from the request to the phone and the token; and who makes a phone ring. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, mock } from 'node:test';

import { PushNotifications } from '../local/push.js';
import { ALICE, AUDIENCE, BOB, Browser, MFA_AT, newPkce, readCallback, startWorld } from './harness/world.js';
import { CORE, SECRET, digest, transferText } from './harness/transfer.js';

const FUNDS = 'openid view:balance transfer:funds';
const APPROVAL_ID = `${AUDIENCE}/approval_id`;
const TRANSFER = `${AUDIENCE}/transfer`;

const codeRequest = (extra = {}) => ({ response_type: 'code', scope: FUNDS, ...newPkce().parameters, ...extra });
const bound = (subs, core) => ({ 'ext-transfer': transferText({ subs, core }) });
const text = ({ response }) => response.text();

async function withWorld(options, work) {
  const world = await startWorld({ approvalSecret: SECRET, ...options });
  try {
    await work(world);
  } finally {
    await world.stop();
  }
}

describe('a signed transfer', () => {
  let world;
  before(async () => { world = await startWorld({ approvalSecret: SECRET, approvalBinding: 'required' }); });
  after(() => world.stop());

  it('is shown in words where the browser waits and on the phone, and stands in the token', async () => {
    const browser = new Browser();
    const { verifier, parameters } = newPkce();
    const page = await world.authorize(browser, { ...codeRequest(parameters), ...bound([ALICE.sub]) });
    const waiting = await text(await browser.go(page.url));
    assert.match(
      waiting,
      /Send <strong>10\.00 EUR<\/strong> to account\s+<strong>1000000002-01<\/strong> from your account 1000000001-01/,
    );
    const [push] = await world.challenges();
    assert.deepEqual(push.transfer, { from: '1000000001-01', to: '1000000002-01', amount: '10.00', currency: 'EUR' });
    const phone = await text(await browser.go(world.url('phone')));
    for (const part of ['10.00 EUR', 'To account', '1000000002-01', 'From account', '1000000001-01'])
      assert.ok(phone.includes(part), part);

    await world.decide(push.id, 'approve');
    const { access_token: token } = await world.exchange(readCallback((await browser.go(page.url)).url).code, verifier);
    const { claims } = await world.read(token);
    assert.equal(claims.scope, FUNDS);
    assert.equal(claims[TRANSFER], CORE);
    assert.match(claims[APPROVAL_ID], /^[\w-]{22}$/);
    assert.ok(Math.abs(claims[MFA_AT] - Date.now() / 1000) < 5);
  });

  it('comes by POST too', async () => {
    const body = new URLSearchParams(Object.entries({ ...codeRequest(), ...bound([ALICE.sub]) }));
    const query = new URL(world.authorizeUrl({}));
    for (const [name, value] of query.searchParams) body.append(name, value);
    const browser = new Browser();
    let page = await browser.go(world.url('authorize'), { method: 'POST', body });
    page = await browser.submit(page.url, { username: ALICE.username, password: ALICE.password });
    const { code } = readCallback((await world.answerPush(browser, page)).url);
    assert.ok(code);
  });

  it('is one approval for all that comes of it: code, refresh, silent login', async () => {
    const browser = new Browser();
    const { verifier, parameters } = newPkce();
    const request = { ...codeRequest(parameters), scope: `${FUNDS} offline_access`, ...bound([ALICE.sub]) };
    const page = await world.answerPush(browser, await world.authorize(browser, request));
    const { code } = readCallback(page.url);
    const first = await world.exchange(code, verifier);
    assert.ok((await world.read(first.access_token)).claims[APPROVAL_ID]);
    const again = [
      await world.refresh(first.refresh_token),
      await world.codeFlow(browser, { scope: 'openid view:balance', prompt: 'none' }),
    ];
    for (const { access_token: token } of again) {
      const { claims } = await world.read(token);
      assert.deepEqual(
        [claims.scope.includes('transfer:funds'), claims[APPROVAL_ID], claims[TRANSFER]],
        [false, undefined, undefined],
      );
    }
    assert.equal((await world.exchange(code, verifier)).error, 'invalid_grant');
  });

  it('of another customer, forged, or missing: no phone rings', async () => {
    const requests = [
      {},
      bound([BOB.sub]),
      { 'ext-transfer': transferText({ subs: [ALICE.sub], secret: 'x'.repeat(43) }) },
    ];
    for (const extra of requests) {
      const answer = readCallback((await world.authorize(new Browser(), codeRequest(extra))).url);
      assert.equal(answer.error, 'access_denied');
      assert.match(answer.error_description, /Go back to the bank/);
    }
    assert.deepEqual(await world.challenges(), []);
  });

  it('that Auth0 would not take as a parameter is refused as there', async () => {
    for (const [name, value] of [
      ['ext-transfer', 'x'.repeat(256)],
      ['ext-transfer', 'a,b'],
      ['ext-transfer', ''],
      ['ext-ä', 'x'],
    ]) {
      const page = await new Browser().go(world.authorizeUrl({ ...codeRequest(), [name]: value }));
      assert.equal(page.response.status, 400, `${name}=${value}`);
      assert.match(await text(page), /error parsing ext params/);
    }
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`ext-${index}`, 'x']));
    assert.match(await text(await new Browser().go(world.authorizeUrl({ ...codeRequest(), ...many }))), /10 keys/);
    const twice = `${world.authorizeUrl({ ...codeRequest(), 'ext-transfer': 'x' })}&ext-transfer=x`;
    assert.equal((await new Browser().go(twice)).response.status, 400);
  });
});

describe('what a flow yields for one approval', () => {
  const kept = {
    'id_token token': true,
    code: true,
    'code id_token token': false,
    'code token': false,
    'code id_token': false,
  };
  for (const [type, keeps] of Object.entries(kept)) {
    it(`${type}: ${keeps ? 'one token that pays' : 'none, and no push'}`, () => withWorld({}, async (world) => {
      const browser = new Browser();
      const { verifier, parameters } = newPkce();
      const request = { ...codeRequest(type.includes('code') ? parameters : {}), response_type: type, nonce: 'n' };
      let page = await world.authorize(browser, request);
      const rung = new URL(page.url).pathname.startsWith('/u/mfa-push/');
      assert.equal(rung, keeps);
      if (rung) page = await world.answerPush(browser, page);
      const { access_token: front, code } = readCallback(page.url);
      const tokens = [front, code && (await world.exchange(code, verifier)).access_token].filter(Boolean);
      const paying = [];
      for (const token of tokens) {
        const { claims } = await world.read(token);
        if (claims.scope.includes('transfer:funds')) paying.push(claims[APPROVAL_ID]);
        else assert.equal(claims[APPROVAL_ID], undefined);
      }
      assert.equal(paying.length, keeps ? 1 : 0);
    }));
  }
});

describe('a phone is not rung', () => {
  const sent = mock.method(PushNotifications.prototype, 'send').mock;
  beforeEach(() => sent.resetCalls());
  after(() => sent.restore());

  /** A page elsewhere that opens windows in the browser of a user who is logged in. */
  async function foreignPage(world, browser, windows) {
    const opened = Array.from({ length: windows }, () => browser.go(world.authorizeUrl(codeRequest())));
    return Promise.all(opened);
  }

  it('by three windows of a foreign page, if a transfer is required', () =>
    withWorld({ approvalBinding: 'required' }, async (world) => {
      const browser = new Browser();
      await world.codeFlow(browser, { scope: 'openid view:balance' });
      await foreignPage(world, browser, 3);
      assert.deepEqual(await world.challenges(), []);
      assert.equal(sent.callCount(), 0);
    }));

  it('by more than one request at a time, if a transfer is optional', () => withWorld({}, async (world) => {
    const browser = new Browser();
    await world.codeFlow(browser, { scope: 'openid view:balance' });
    await foreignPage(world, browser, 3);
    assert.equal((await world.challenges()).length, 1);
  }));

  for (const [approvalBinding, open, most] of [
    ['required', 0, 0],
    ['optional', 1, 2],
  ]) {
    it(`by somebody with the password and 40 requests at once (${approvalBinding})`, () =>
      withWorld({ approvalBinding }, async (world) => {
        const browsers = Array.from({ length: 40 }, () => new Browser());
        await Promise.all(browsers.map((browser) => world.codeFlow(browser, { scope: 'openid view:balance' })));
        await Promise.all(browsers.map((browser) => browser.go(world.authorizeUrl(codeRequest()))));
        const rung = sent.callCount();
        assert.equal((await world.challenges()).length, open);
        assert.ok(rung <= most, `${rung} pushes`);
        // And not later either: the pause grows.
        for (const browser of browsers.slice(0, 10)) await browser.go(world.authorizeUrl(codeRequest()));
        assert.equal(sent.callCount(), rung);
      }));
  }

  it('again and again with a signed text each time: the thief of a password has to wait too', () =>
    withWorld({ approvalBinding: 'required' }, async (world) => {
      const browser = new Browser();
      await world.codeFlow(browser, { scope: 'openid view:balance' });
      const answers = [];
      for (let times = 0; times < 6; times += 1) {
        const core = CORE.replace(/\S+$/, digest(`key\0${times}`));
        answers.push(
          readCallback((await browser.go(world.authorizeUrl(codeRequest(bound([ALICE.sub], core))))).url).error,
        );
      }
      assert.deepEqual(answers, [
        undefined,
        undefined,
        'access_denied',
        'access_denied',
        'access_denied',
        'access_denied',
      ]);
      assert.equal((await world.challenges()).length, 1);
    }));

  it('yet a person who closes the window may try the same transfer again, and an approval ends the count', () =>
    withWorld({ approvalBinding: 'required' }, async (world) => {
      const browser = new Browser();
      await world.codeFlow(browser, { scope: 'openid view:balance' });
      const transfer = bound([ALICE.sub]);
      let page;
      for (let times = 0; times < 4; times += 1) page = await browser.go(world.authorizeUrl(codeRequest(transfer)));
      assert.ok(readCallback((await world.answerPush(browser, page)).url).code);
      const next = await browser.go(
        world.authorizeUrl(codeRequest(bound([ALICE.sub], CORE.replace('10.00', '11.00')))),
      );
      assert.match(new URL(next.url).pathname, /^\/u\/mfa-push\//);
    }));
});

describe('a session that its user did not open', () => {
  const actor = { sub: 'auth0|agent' };
  const cases = { 'of an actor': { actor }, 'from another app': { sessionTransferToken: { client_id: 'native' } } };
  for (const [title, how] of Object.entries(cases)) {
    it(`${title}, gets no session_id and no transfer:funds`, () =>
      withWorld({ handedOver: { [ALICE.sub]: how } }, async (world) => {
        const login = await world.codeFlow(new Browser(), { scope: 'openid view:balance' });
        assert.equal(login.error.error_description, 'To reach your bank, sign in yourself.');
        assert.deepEqual(world.bank.calls, []);
        const { access_token: token } = await world.codeFlow(new Browser(), { scope: FUNDS });
        assert.equal((await world.read(token)).claims.scope, 'openid view:balance');
        assert.ok((await world.codeFlow(new Browser(), { scope: 'openid view:balance', user: BOB })).id_token);
      }));
  }
});
