/** Approval by the back channel on the wire: /bc-authorize and the poll, as Auth0 documents them. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { backChannelKeywords } from '../local/approvals-key.js';
import { Approvals, CIBA, TYPE, details, newKey } from './harness/approvals.js';
import { ALICE, AUDIENCE, BOB, startWorld } from './harness/world.js';

const KEY = newKey();
const DENIED = {
  error: 'access_denied',
  error_description: 'The end-user denied the authorization request or it has been expired',
};

let world;
let bank;
let ahead = 0;
before(async () => {
  world = await startWorld({ now: () => Date.now() + ahead, approvalsKey: KEY.pem });
  bank = new Approvals(world, KEY);
});
after(() => world.stop());
/** Past the minute in which a user is asked five times at most. */
beforeEach(() => { ahead += 61_000; });

const wait = (seconds) => { ahead += seconds * 1000; };

/** A request that waits on the phone, five seconds ago. */
async function asked(changes) {
  const { status, body } = await bank.ask(changes);
  assert.equal(status, 200, JSON.stringify(body));
  const [{ id }] = await world.challenges();
  wait(5);
  return { ...body, push: id };
}

describe('an approval by the back channel', () => {
  it('is asked for, waits, is approved on the phone, and gives a token that says what was approved', async () => {
    const { status, body } = await bank.ask();
    assert.equal(status, 200);
    const { auth_req_id: id, ...rest } = body;
    assert.deepEqual(rest, { expires_in: 300, interval: 5 });
    assert.match(id, /^[\w-]{20,}$/);

    wait(5);
    const pending = await bank.poll(body);
    assert.equal(pending.status, 400);
    assert.deepEqual(pending.body, {
      error: 'authorization_pending', error_description: 'The end-user authorization is pending',
    });

    const [push] = await world.challenges();
    await world.decide(push.id, 'approve');
    wait(5);
    const { status: done, body: tokens } = await bank.poll(body);
    assert.equal(done, 200, JSON.stringify(tokens));
    assert.deepEqual([tokens.token_type, tokens.scope], ['Bearer', 'openid transfer:funds']);
    assert.deepEqual(tokens.authorization_details, details());
    assert.equal(tokens.refresh_token, undefined);

    const { header, claims } = await world.read(tokens.access_token);
    assert.equal(header.typ, 'at+jwt');
    assert.deepEqual(claims.authorization_details, details());
    assert.match(claims.transaction_linking_id, /^[\w-]{22,}$/);
    assert.deepEqual([claims.sub, claims.client_id, claims.scope], [ALICE.sub, bank.clientId, 'openid transfer:funds']);
    assert.deepEqual(claims.aud, [AUDIENCE, `${world.issuer}userinfo`]);
    // None of what makes a token of the step-up pay.
    assert.deepEqual(Object.keys(claims).filter((name) => name.startsWith(AUDIENCE)), []);

    wait(5);
    const again = await bank.poll(body);
    assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
    const ran = await (await fetch(world.url('_tenant/actions'))).json();
    assert.deepEqual(ran.map(({ action, protocol, calls }) => [action, protocol, calls.length]), [
      ['step-up', 'oidc-ciba', 0], ['step-up-guard', 'oidc-ciba', 0], ['login-bridge', 'oidc-ciba', 0],
    ]);
  });

  it('shows the phone what the details display, in their order, and who asks', async () => {
    await asked();
    const [{ user, client, message, details: shown }] = await world.challenges();
    assert.deepEqual([user, client, message], [ALICE.username, 'Drawbridge Approvals', 'Transfer-10.00-EUR']);
    assert.deepEqual(shown, {
      instruction: 'Approve this transfer',
      shown: [
        { name: 'Amount', value: '10.00 EUR' },
        { name: 'To', value: '1000000002-01' },
        { name: 'From', value: '1000000001-01' },
      ],
    });
  });

  it('stands on the page of the phone: amount, payee, payer, who asks, and the buttons', async () => {
    const [{ properties, ...rest }] = details();
    const reference = { display: true, name: 'Reference', display_order: 4, value: '<b>Rent</b>' };
    await asked({ authorization_details: JSON.stringify([{ ...rest, properties: { ...properties, reference } }]) });
    const page = (await (await fetch(world.url('phone'))).text()).replace(/>\s+</g, '><');
    const [card] = /<li><h2>Approve this transfer<\/h2>.*?<\/li>/s.exec(page);
    const rows = [...card.matchAll(/<dt>(.*?)<\/dt><dd[^>]*>(.*?)<\/dd>/g)];
    assert.deepEqual(rows.map(([, name, value]) => [name, value]), [
      ['Amount', '10.00 EUR'],
      ['To', '1000000002-01'],
      ['From', '1000000001-01'],
      ['Reference', '&lt;b&gt;Rent&lt;/b&gt;'],
      ['Asked by', 'Drawbridge Approvals'],
    ]);
    assert.match(card, /value="approve">Approve<.*value="deny">Deny</s);
    assert.ok(!card.includes('AAAAAAAAAAAAAAAAAAAAAA'), 'what is not to be displayed is shown');
  });

  it('that is denied stays so', async () => {
    const request = await asked();
    await world.decide(request.push, 'deny');
    for (let poll = 0; poll < 2; poll += 1) {
      const { status, body } = await bank.poll(request);
      assert.deepEqual([status, body], [400, DENIED]);
      wait(5);
    }
  });

  it('that nobody answers in time has ended', async () => {
    const request = await asked({ requested_expiry: '10' });
    assert.equal(request.expires_in, 10);
    wait(6);
    assert.deepEqual((await bank.poll(request)).body, DENIED);
    assert.equal((await world.decide(request.push, 'approve')).status, 410);
  });

  it('that was approved and not fetched in time has ended too', async () => {
    const request = await asked({ requested_expiry: '10' });
    await world.decide(request.push, 'approve');
    wait(6);
    assert.deepEqual((await bank.poll(request)).body, DENIED);
  });

  it('is beside others: of two, each can be answered', async () => {
    const [first, second] = [await asked(), await asked({ binding_message: 'second' })];
    await world.decide(second.push, 'deny');
    await world.decide(first.push, 'approve');
    assert.deepEqual((await bank.poll(second)).body, DENIED);
    assert.equal((await bank.poll(first)).status, 200);
  });

  it('without details and without the scope is a login alone: its token pays nothing', async () => {
    const request = await asked({ scope: 'openid', authorization_details: undefined });
    await world.decide(request.push, 'approve');
    const { body } = await bank.poll(request);
    assert.deepEqual([body.scope, body.authorization_details], ['openid', undefined]);
  });
});

describe('the poll', () => {
  it('before its time is told to slow down, each time more', async () => {
    const { body } = await bank.ask();
    for (const interval of [10, 15]) {
      const early = await bank.poll(body);
      assert.deepEqual([early.status, early.headers.get('retry-after')], [400, String(interval)]);
      assert.deepEqual(early.body, {
        error: 'slow_down',
        error_description: `You are polling faster than allowed. Try again in ${interval} seconds.`,
        interval,
      });
    }
    wait(14);
    assert.equal((await bank.poll(body)).body.error, 'slow_down');
    wait(20);
    assert.equal((await bank.poll(body)).body.error, 'authorization_pending');
  });

  it('of an approval, many times at once, gives one token', async () => {
    const request = await asked();
    await world.decide(request.push, 'approve');
    const polls = await Promise.all(Array.from({ length: 8 }, () => bank.poll(request)));
    assert.deepEqual(polls.map(({ status }) => status).sort(), [200, ...Array(7).fill(400)]);
  });

  it('of an unknown request is refused', async () => {
    const { status, body } = await bank.poll({ auth_req_id: 'made-up' });
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
  });

  it('needs to name one', async () => {
    assert.deepEqual((await bank.poll({ auth_req_id: undefined })).body, {
      error: 'invalid_request', error_description: 'Missing required parameter: auth_req_id',
    });
  });
});

describe('/bc-authorize refuses', () => {
  before(() => wait(300)); // what waits on the phone has ended
  const hint = (changes) => JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: ALICE.sub, ...changes });
  const property = (changes) => JSON.stringify(details({ properties: { amount: {
    display: true, name: 'Amount', display_order: 1, value: '1', ...changes,
  } } }));
  const [{ properties: { amount } }] = details();
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`p${index}`, amount]));
  const BAD_DETAILS = 'invalid_authorization_details';
  const cases = {
    'no binding message': [{ binding_message: undefined }, 'invalid_binding_message'],
    'a binding message of 65 characters': [{ binding_message: 'x'.repeat(65) }, 'invalid_binding_message'],
    'a binding message with a character of another alphabet': [{ binding_message: '10€' }, 'invalid_binding_message'],
    'a binding message with a space': [{ binding_message: '10 EUR' }, 'invalid_binding_message'],
    'no login_hint': [{ login_hint: undefined }, 'invalid_request'],
    'a login_hint that is not JSON': [{ login_hint: ALICE.username }, 'invalid_request'],
    'a login_hint that is null': [{ login_hint: 'null' }, 'invalid_request'],
    'a login_hint of another format': [() => ({ login_hint: hint({ format: 'email' }) }), 'invalid_request'],
    'a login_hint of another issuer': [() => ({ login_hint: hint({ iss: 'https://else/' }) }), 'invalid_request'],
    'a user that is not there': [() => ({ login_hint: hint({ sub: 'auth0|nobody' }) }), 'unknown_user_id'],
    'a scope without openid': [{ scope: 'transfer:funds' }, 'invalid_request'],
    'an API that is not there': [{ audience: 'https://else' }, 'access_denied'],
    'an expiry of no seconds': [{ requested_expiry: '0' }, 'invalid_request'],
    'an expiry that is no number': [{ requested_expiry: 'soon' }, 'invalid_request'],
    'an expiry that goes by e-mail': [{ requested_expiry: '301' }, 'invalid_request'],
    'details that are not JSON': [{ authorization_details: '{' }, BAD_DETAILS],
    'details that are no list': [{ authorization_details: JSON.stringify(details()[0]) }, BAD_DETAILS],
    'two objects of details': [{ authorization_details: JSON.stringify([...details(), ...details()]) }, BAD_DETAILS],
    'a type that is not registered': [
      { authorization_details: JSON.stringify(details({ type: `${TYPE}s` })) }, BAD_DETAILS,
    ],
    'details for no API': [{ audience: undefined }, 'access_denied'],
    'details without an instruction': [
      { authorization_details: JSON.stringify(details({ instruction: undefined })) }, BAD_DETAILS,
    ],
    'details that display nothing': [{ authorization_details: property({ display: false }) }, BAD_DETAILS],
    'details with 11 properties': [
      { authorization_details: JSON.stringify(details({ properties: many })) }, BAD_DETAILS,
    ],
    'a value of 256 characters': [{ authorization_details: property({ value: 'x'.repeat(256) }) }, BAD_DETAILS],
    'a value that is an object': [{ authorization_details: property({ value: {} }) }, BAD_DETAILS],
    'details of more than 5 kB': [{ authorization_details: property({ description: 'x'.repeat(5120) }) }, BAD_DETAILS],
    'a property whose name has a space': [
      { authorization_details: JSON.stringify(details({ properties: { 'the amount': amount } })) }, BAD_DETAILS,
    ],
    'a property without a name': [{ authorization_details: property({ name: '' }) }, BAD_DETAILS],
  };
  for (const [title, [change, error]] of Object.entries(cases)) {
    it(title, async () => {
      const { status, body } = await bank.ask(typeof change === 'function' ? change() : change);
      assert.deepEqual([status, body.error], [400, error], JSON.stringify(body));
      assert.deepEqual(await world.challenges(), []);
    });
  }

  it('the sixth request to a user in a minute, and no other user\'s', async () => {
    for (let request = 0; request < 5; request += 1) assert.equal((await bank.ask()).status, 200);
    const { status, body } = await bank.ask();
    assert.deepEqual([status, body.error], [429, 'too_many_requests']);
    assert.equal((await bank.ask({ login_hint: hint({ sub: BOB.sub }) })).status, 200);
    wait(61);
    assert.equal((await bank.ask()).status, 200);
  });

  it('a body that is no form', async () => {
    const response = await fetch(world.url('bc-authorize'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: bank.clientId }),
    });
    assert.deepEqual([response.status, (await response.json()).error], [400, 'invalid_request']);
  });
});

describe('the client proves who it is', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const other = newKey();
  const refused = {
    'with another key': () => ({ key: other }),
    'with another key under its own kid': () => ({ key: { ...other, kid: KEY.kid } }),
    'with the kid of a key that it has not': () => ({ header: { kid: other.kid } }),
    'with another algorithm': () => ({ header: { alg: 'RS384' } }),
    'without an algorithm': () => ({ header: { alg: 'none' } }),
    'to the endpoint in place of the issuer': () => ({ aud: world.url('bc-authorize') }),
    'to several': () => ({ aud: [world.issuer] }),
    'to nobody': () => ({ aud: undefined }),
    'by another client': () => ({ iss: world.clientId }),
    'by what has expired': () => ({ exp: now() - 60 }),
    'by what never expires': () => ({ exp: undefined }),
    'for longer than five minutes': () => ({ exp: now() + 400 }),
    'by what has no jti': () => ({ jti: undefined }),
  };
  for (const [title, claims] of Object.entries(refused)) {
    it(`not ${title}`, async () => {
      for (const path of ['bc-authorize', 'oauth/token']) {
        const { status, body } = await bank.post(path, {
          ...(path === 'oauth/token' && { grant_type: CIBA, auth_req_id: 'x' }),
          scope: 'openid', binding_message: 'x', client_assertion: bank.assertion(claims()),
        });
        assert.deepEqual([status, body], [401, { error: 'access_denied', error_description: 'Unauthorized' }]);
      }
    });
  }

  it('not for another client', async () => {
    const { status, body } = await bank.ask({ client_assertion: bank.assertion({ sub: world.clientId }) });
    assert.deepEqual([status, body.error], [400, 'invalid_request']);
  });

  it('not twice by the same assertion', async () => {
    const assertion = bank.assertion();
    assert.equal((await bank.ask({ client_assertion: assertion })).status, 200);
    assert.equal((await bank.ask({ client_assertion: assertion })).status, 401);
  });

  it('not by a secret, and not by nothing', async () => {
    for (const secret of ['secret', undefined]) {
      assert.equal((await bank.ask({ client_assertion: undefined, client_secret: secret })).status, 401);
    }
  });

  it('by an assertion without a kid, which is optional', async () => {
    assert.equal((await bank.ask({ client_assertion: bank.assertion({ header: { kid: undefined } }) })).status, 200);
  });

  it('before a poll tells anything, or counts', async () => {
    const { body } = await bank.ask();
    const key = newKey();
    assert.equal((await bank.poll(body, { client_assertion: bank.assertion({ key }) })).status, 401);
    wait(5);
    assert.equal((await bank.poll(body)).body.error, 'authorization_pending');
  });

  it('no other client may ask: neither the app nor the bridge', async () => {
    const none = { client_assertion: undefined, client_assertion_type: undefined };
    const { client_id: id, name } = world.bridge;
    for (const who of [{ client_id: world.clientId }, { client_id: id, client_secret: world.tenant.secretOf(name) }]) {
      assert.deepEqual(await bank.ask({ ...none, ...who }).then(({ status, body }) => [status, body.error]), [
        403, 'unauthorized_client',
      ]);
    }
  });

  it('with either of two keys, while one takes the other\'s place', async () => {
    const keys = [newKey(), newKey()];
    const other = await startWorld({ approvalsKey: keys.map(({ pem }) => pem).join('') });
    try {
      for (const key of keys) assert.equal((await new Approvals(other, key).ask()).status, 200);
    } finally {
      await other.stop();
    }
  });
});

describe('the back channel', () => {
  it('is not there without its setting', async () => {
    const other = await startWorld();
    try {
      assert.deepEqual(other.tenant.clients.map(({ name }) => name), ['Drawbridge Web', 'Drawbridge Bridge']);
      assert.equal((await fetch(other.url('bc-authorize'), {
        method: 'POST', body: new URLSearchParams({ client_id: bank.clientId, client_assertion: bank.assertion() }),
      })).status, 401);
    } finally {
      await other.stop();
    }
  });

  it('takes no details by way of the browser', async () => {
    const response = await fetch(world.authorizeUrl({
      response_type: 'code', scope: 'openid', authorization_details: JSON.stringify(details()),
    }));
    assert.equal(response.status, 400);
    assert.match(await response.text(), /authorization_details must be passed to \/par/);
  });

  const bad = {
    'a private key': [
      KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }), /has a PRIVATE KEY: give the public key/,
    ],
    'a key that is too short': [newKey(1024).pem, /not RSA of at least 2048 bits/],
    'three keys': [[newKey(), newKey(), newKey()].map(({ pem }) => pem).join(''), /more than 2 keys/],
    'the same key twice': [KEY.pem + KEY.pem, /one key twice/],
    'no PEM': [KEY.pem.split('\n')[1], /it is not PEM/],
    'PEM with more around it': [`x${KEY.pem}`, /it is not PEM/],
    'PEM without a key': ['-----BEGIN PUBLIC KEY-----\nAAAABBBB\n-----END PUBLIC KEY-----', /cannot be read/],
  };
  for (const [title, [pem, message]] of Object.entries(bad)) {
    it(`is refused with ${title}, in words without the value`, () => {
      assert.throws(() => backChannelKeywords(pem), (error) => message.test(error.message)
        && !error.message.includes(pem.slice(30, 60)));
    });
  }
});
