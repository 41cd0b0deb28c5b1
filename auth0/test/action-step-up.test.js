import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { INTERACTIVE, OTHER_PROTOCOLS, SCOPES, action, loginEvent, recorder } from './harness/event.js';
import { CORE, SECRET, digest, inSeconds, mac, person, transferText } from './harness/transfer.js';

const stepUp = action('step-up');
const ALICE = loginEvent().user.user_id;
const ASKED = { requested_scopes: [...SCOPES, 'transfer:funds'] };
const CHALLENGE = [{ type: 'push-notification', options: { otpFallback: false } }];
const SECRETS = { APPROVAL_SECRET: SECRET, APPROVAL_SECRET_PREVIOUS: 'none', APPROVAL_BINDING: 'optional' };

/** Runs step-up for a request with transfer:funds; `changes` go into the event. */
async function run({ secrets, ...changes } = {}) {
  const api = recorder();
  await stepUp(loginEvent({ transaction: ASKED, secrets: { ...SECRETS, ...secrets }, ...changes }), api);
  return api;
}

const metadata = (api) => Object.fromEntries(api.named('setMetadata'));
const withText = (text) => ({ request: { query: { 'ext-transfer': text } } });
const silently = async (work) => {
  const { log } = console;
  const lines = [];
  console.log = (line) => lines.push(line);
  try {
    return { result: await work(), lines };
  } finally {
    console.log = log;
  }
};

async function assertRefused(changes, cause) {
  const { result: api, lines } = await silently(() => run(changes));
  assert.deepEqual(api.calls.map(([name]) => name), ['deny'], 'a denial and nothing else');
  assert.match(lines.join(), cause);
  return api;
}

describe('step-up challenges', () => {
  for (const protocol of INTERACTIVE) {
    it(`by push, without a fallback to codes, on ${protocol}`, async () => {
      const api = await run({ transaction: { ...ASKED, protocol } });
      assert.deepEqual(api.named('challengeWith'), [CHALLENGE]);
    });
  }

  it('and marks the transaction before, with a time and a name of its own', async () => {
    const before = Date.now();
    const [one, other] = [await run(), await run()];
    assert.equal(one.calls.at(-1)[0], 'challengeWith');
    const { step_up_at: at, approval_id: id, transfer } = metadata(one);
    assert.ok(at >= before && at <= Date.now());
    assert.match(id, /^[\w-]{22}$/);
    assert.notEqual(id, metadata(other).approval_id);
    assert.equal(transfer, undefined);
  });

  it('also when the session did MFA a second ago', async () => {
    const methods = [{ name: 'mfa', timestamp: new Date(Date.now() - 1000).toISOString() }];
    assert.equal((await run({ authentication: { methods } })).named('challengeWith').length, 1);
  });

  it('with prompt=none too: Auth0 makes login_required of it, and it counts as no request', async () => {
    const api = await run({ transaction: { ...ASKED, prompt: ['none'] } });
    assert.equal(api.named('challengeWith').length, 1);
    assert.deepEqual(api.named('setAppMetadata'), []);
  });

  it('any client: the gate is the scope', async () => {
    const api = await run({ client: { client_id: 'another', name: 'Another', metadata: {} } });
    assert.equal(api.named('challengeWith').length, 1);
  });

  it('when only the query or only the body asks for the scope', async () => {
    for (const request of [{ query: { scope: 'openid transfer:funds' } }, { body: { scope: 'transfer:funds' } }]) {
      const api = await run({ transaction: { requested_scopes: SCOPES }, request });
      assert.equal(api.named('challengeWith').length, 1, JSON.stringify(request));
    }
  });

  it('when Auth0 does not say which factors are enrolled', async () => {
    assert.equal((await run({ user: { enrolledFactors: undefined } })).named('challengeWith').length, 1);
  });
});

describe('step-up does not challenge', () => {
  it('a login that does not ask for transfer:funds', async () => {
    assert.deepEqual((await run({ transaction: { requested_scopes: SCOPES } })).calls, []);
  });

  it('a scope that only looks alike', async () => {
    const transaction = { requested_scopes: ['transfer:funds:all', 'xtransfer:funds'] };
    assert.deepEqual((await run({ transaction })).calls, []);
  });

  for (const protocol of OTHER_PROTOCOLS) {
    it(`on ${protocol ?? 'a missing protocol'}`, async () => {
      const api = await run({ transaction: { ...ASKED, protocol }, request: { body: { scope: 'transfer:funds' } } });
      assert.deepEqual(api.calls, []);
    });
  }

  it('without a transaction', async () => {
    assert.deepEqual((await run({ transaction: undefined })).calls, []);
  });

  it('a user without a phone: the login is denied, and no phone is enrolled at the moment money moves', async () => {
    for (const enrolledFactors of [[], [{ type: 'email' }], [null]]) {
      assert.deepEqual((await run({ user: { enrolledFactors } })).calls.map(([name]) => name), ['deny']);
    }
  });
});

describe('step-up takes the transfer that the bank signed', () => {
  for (const binding of ['optional', 'required']) {
    it(`and keeps it for the guard (${binding})`, async () => {
      const api = await run({ ...withText(transferText({ subs: [ALICE] })), secrets: { APPROVAL_BINDING: binding } });
      assert.deepEqual(api.named('challengeWith'), [CHALLENGE]);
      assert.equal(metadata(api).transfer, CORE);
    });
  }

  it('as the bank writes it: shared/approval is tested with this very text', async () => {
    const text =
      'v1 4102444800 UCQj8S1GB0dsFxg_wKBG75.53hE36CPKDZwA1eP01kNy_ ' +
      '1000000001-01 1000000002-01 10.00 EUR 0E3gkYV30N6m3pPfPiPNcU yM_fwU_cRhv7Mant4UORtm81wbMUdtgognmyOPLQgAo';
    const secrets = { APPROVAL_SECRET: 's'.repeat(43) };
    const api = await run({ ...withText(text), secrets, user: { user_id: 'samlp|acme|Jörg Müller' } });
    assert.equal(metadata(api).transfer, text.split(' ').slice(3, 8).join(' '));
  });

  it('from the body of a POST to /authorize', async () => {
    const api = await run({ request: { body: { 'ext-transfer': transferText({ subs: [ALICE] }) } } });
    assert.equal(metadata(api).transfer, CORE);
  });

  it('for any of five people', async () => {
    for (const subs of [[ALICE, 'a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd', ALICE]]) {
      assert.equal(metadata(await run(withText(transferText({ subs })))).transfer, CORE);
    }
  });

  it('with the secret from before a rotation', async () => {
    const previous = 'b'.repeat(43);
    const text = transferText({ subs: [ALICE], secret: previous });
    assert.equal(
      metadata(await run({ ...withText(text), secrets: { APPROVAL_SECRET_PREVIOUS: previous } })).transfer,
      CORE,
    );
  });

  it('until the second in which it expires', async () => {
    assert.equal(metadata(await run(withText(transferText({ subs: [ALICE], expires: inSeconds(2) })))).transfer, CORE);
  });

  it('of any form that the bank writes, and the longest fits into a parameter of Auth0', async () => {
    const key = digest('key\0k');
    for (const core of [
      `9999999999-99 1000000002-01 10000000000000.00 EUR ${key}`, `1000000001-01 1000000002-01 1 JPY ${key}`,
      `1000000001-01 1000000002-01 0.001 KWD ${key}`, `1000000001-01 1000000002-01 0.0001 CLF ${key}`,
    ]) {
      const text = transferText({ subs: [ALICE, 'a', 'b', 'c', 'd'], core });
      // https://auth0.com/docs/customize/login-pages/universal-login/customize-templates "Custom query parameters"
      assert.match(text, /^[-\w.*~@+ /:]{1,255}$/);
      assert.equal(metadata(await run(withText(text))).transfer, core);
    }
  });
});

describe('step-up rings no phone for', () => {
  const good = transferText({ subs: [ALICE] });
  const [body, tail] = [good.slice(0, good.lastIndexOf(' ')), good.slice(good.lastIndexOf(' ') + 1)];
  const core = (change) => transferText({ subs: [ALICE], core: change(CORE) });
  const MALFORMED = /malformed/;
  const UNSIGNED = /not signed/;
  const texts = {
    'an empty text': ['', MALFORMED],
    'an unsigned text': [body, MALFORMED],
    'a text signed with another secret': [transferText({ subs: [ALICE], secret: 'c'.repeat(43) }), UNSIGNED],
    'a text signed with the empty secret': [transferText({ subs: [ALICE], secret: '' }), UNSIGNED],
    'a text signed with the word that stands for no previous secret': [
      transferText({ subs: [ALICE], secret: 'none' }),
      UNSIGNED,
    ],
    'a MAC without its domain': [`${body} ${mac('').slice(0, 43)}`, UNSIGNED],
    'a MAC with its last character changed': [
      `${body} ${tail.slice(0, 42)}${tail.at(-1) === 'A' ? 'B' : 'A'}`,
      UNSIGNED,
    ],
    'a MAC that is cut short': [good.slice(0, -1), MALFORMED],
    'a MAC that is too long': [`${good}A`, MALFORMED],
    'an expired text': [transferText({ subs: [ALICE], expires: inSeconds(-1) }), /expired/],
    'a text for another person': [transferText({ subs: ['auth0|somebody-else'] }), /not this user/],
    'a text for nobody': [transferText({ people: '' }), MALFORMED],
    'a text for six people': [transferText({ subs: [ALICE, 'a', 'b', 'c', 'd', 'e'] }), MALFORMED],
    'people joined by commas': [transferText({ people: `${person(ALICE)},${person('b')}` }), MALFORMED],
    'another digit of the amount': [good.replace('10.00', '90.00'), UNSIGNED],
    'another payee': [good.replace('1000000002-01', '1000000003-01'), UNSIGNED],
    'another payer': [good.replace('1000000001-01', '1000000001-02'), UNSIGNED],
    'another currency': [good.replace('EUR', 'USD'), UNSIGNED],
    'another key': [good.replace(digest('key\0a-key'), digest('key\0another')), UNSIGNED],
    'another person put in': [good.replace(person(ALICE), person('b')), UNSIGNED],
    'a later expiry': [good.replace(/^v1 \d+/, `v1 ${inSeconds(3000)}`), UNSIGNED],
    'another version': [transferText({ version: 'v2', subs: [ALICE] }), MALFORMED],
    'a text in front of it': [`x ${good}`, MALFORMED],
    'a line break behind it': [`${good}\n`, MALFORMED],
    'two spaces': [good.replace(' EUR', '  EUR'), MALFORMED],
    'a tab for a space': [good.replace(' EUR', '\tEUR'), MALFORMED],
    'a text of 513 characters': [good.padEnd(513, 'A'), MALFORMED],
    'a negative amount, signed': [core((text) => text.replace('10.00', '-10.00')), MALFORMED],
    'an amount with a leading zero, signed': [core((text) => text.replace('10.00', '010.00')), MALFORMED],
    'an account that is none, signed': [core((text) => text.replace('1000000001-01', '1000000001')), MALFORMED],
    'a field too many, signed': [core((text) => `${text} more`), MALFORMED],
    'a field too few, signed': [core((text) => text.replace(' EUR', '')), MALFORMED],
  };
  for (const binding of ['optional', 'required']) {
    for (const [title, [text, cause]] of Object.entries(texts)) {
      it(`${title} (${binding})`, () =>
        assertRefused({ ...withText(text), secrets: { APPROVAL_BINDING: binding } }, cause));
    }
    const several = {
      'a text that was sent twice': { query: { 'ext-transfer': [good, good] } },
      'a list of one': { query: { 'ext-transfer': [good] } },
      'an object that says it is one': { query: { 'ext-transfer': { toString: () => good } } },
      'a number': { query: { 'ext-transfer': 7 } },
      'null': { query: { 'ext-transfer': null } },
      'one text in the query and one in the body': { query: { 'ext-transfer': good }, body: { 'ext-transfer': good } },
    };
    for (const [title, request] of Object.entries(several)) {
      it(`${title} (${binding})`, () => assertRefused({ request, secrets: { APPROVAL_BINDING: binding } }, /several/));
    }
  }

  for (const [title, binding] of Object.entries({
    required: 'required',
    missing: undefined,
    misspelt: 'Optional',
    empty: '',
  })) {
    it(`a request without a transfer, if APPROVAL_BINDING is ${title}`, () =>
      assertRefused({ secrets: { APPROVAL_BINDING: binding } }, /names no transfer/));
  }

  it('a good text, if step-up was given no secret or a short one', async () => {
    for (const secret of [undefined, '', 'short', 'x'.repeat(42), `${'x'.repeat(43)} `]) {
      const text = transferText({ subs: [ALICE], secret: secret ?? '' });
      await assertRefused(
        { ...withText(text), secrets: { APPROVAL_SECRET: secret, APPROVAL_SECRET_PREVIOUS: '' } },
        UNSIGNED,
      );
    }
  });

  it('and says why in the log alone, without the text or a secret', async () => {
    const text = transferText({ subs: [ALICE], secret: 'c'.repeat(43) });
    const { result: api, lines } = await silently(() => run(withText(text)));
    const said = JSON.stringify([api.calls, lines]);
    assert.match(api.named('deny')[0][0], /Go back to the bank/);
    for (const secret of [SECRET, '10.00', '1000000001', text.slice(-43), ALICE])
      assert.ok(!said.includes(secret), said);
  });
});

describe('one request at a time', () => {
  const asks = (unanswered, secondsAgo, core) => ({
    user: {
      app_metadata: {
        step_up: { asked_at: Date.now() - secondsAgo * 1000, unanswered, transfer: core ? digest(core) : '' },
      },
    },
  });
  const [asked, waits] = [['setAppMetadata', 'setMetadata', 'setMetadata', 'challengeWith'], ['deny']];
  const names = (api) => api.calls.map(([name]) => name);

  it('a request is counted before the push', async () => {
    const before = Date.now();
    const [[key, { asked_at: at, ...rest }]] = (await run()).named('setAppMetadata');
    assert.deepEqual([key, rest], ['step_up', { unanswered: 1, transfer: '' }]);
    assert.ok(at >= before && at <= Date.now());
  });

  it('names the transfer in the profile without saying what it is', async () => {
    const api = await run(withText(transferText({ subs: [ALICE] })));
    assert.equal(api.named('setAppMetadata')[0][1].transfer, digest(CORE));
  });

  const pauses = [[2, 60], [3, 120], [4, 300], [5, 900], [6, 3600], [7, 3600], [1000, 3600]];
  for (const [unanswered, pause] of pauses) {
    it(`after ${unanswered} not approved the next one waits ${pause} s`, async () => {
      const { result: early } = await silently(() => run(asks(unanswered, pause - 1)));
      assert.deepEqual(names(early), waits);
      const late = await run(asks(unanswered, pause + 1));
      assert.deepEqual(names(late), asked);
      assert.equal(late.named('setAppMetadata')[0][1].unanswered, unanswered + 1);
    });
  }

  it('after one that was not approved the next one waits for nothing: everybody may err once', async () => {
    assert.deepEqual(names(await run(asks(1, 0))), asked);
  });

  it('a closed window locks nobody out: the same transfer may be asked for again at once, three times', async () => {
    const text = withText(transferText({ subs: [ALICE] }));
    for (const unanswered of [1, 2, 3]) {
      assert.equal((await run({ ...text, ...asks(unanswered, 0, CORE) })).named('challengeWith').length, 1, unanswered);
    }
    const { result: fourth } = await silently(() => run({ ...text, ...asks(4, 0, CORE) }));
    assert.deepEqual(names(fourth), waits);
  });

  it('another transfer waits, and so does one without a text', async () => {
    const other = CORE.replace('10.00', '10.01');
    for (const changes of [
      { ...withText(transferText({ subs: [ALICE] })), ...asks(2, 0, other) },
      asks(2, 0, CORE),
      asks(2, 0),
    ]) {
      const { result: api } = await silently(() => run(changes));
      assert.deepEqual(names(api), waits);
    }
  });

  it('a pause is said in minutes', async () => {
    for (const [unanswered, secondsAgo, words] of [
      [2, 0, 'in a minute'],
      [4, 0, 'in 5 minutes'],
      [6, 3599, 'in a minute'],
    ]) {
      const { result: api } = await silently(() => run(asks(unanswered, secondsAgo)));
      assert.match(api.named('deny')[0][0], new RegExp(`${words}\\.$`));
    }
  });

  it('a clock behind the one that counted does not lengthen the pause', async () => {
    const { result: api } = await silently(() => run(asks(2, -3600)));
    assert.match(api.named('deny')[0][0], /in a minute/);
  });

  it('metadata of another form counts as no request', async () => {
    for (const stepUpMetadata of [null, 'x', [], {}, { unanswered: 'many' }, { unanswered: -1 }]) {
      assert.equal(
        (await run({ user: { app_metadata: { step_up: stepUpMetadata } } })).named('challengeWith').length,
        1,
      );
    }
    assert.equal((await run({ user: { app_metadata: undefined } })).named('challengeWith').length, 1);
  });
});
