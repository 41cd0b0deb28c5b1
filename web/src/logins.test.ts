import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BankAPI, Credential, LinkedLogin } from './api.ts';
import type { Auth, Identity } from './auth.ts';
import { approvesFrom, Logins } from './logins.ts';
import { Session } from './session.ts';
import { refuses, silence } from './testkit/money.ts';

const tenant = 'main';
const alice: LinkedLogin = { tenant, sub: 'auth0|alice', linked_by: 'operator', linked_at: '2026-01-01T00:00:00Z' };
const carol: LinkedLogin = { tenant, sub: 'auth0|carol', linked_by: 'customer', linked_at: '2026-11-27T10:00:00Z' };

/** A bank with Alice's login; `lose` drops so many answers after the bank has acted. */
function bank() {
  const b = { linked: [alice], lose: 0, asked: [] as string[], clock: 1_000_000, codes: 0 };
  const change = ({ token }: Credential, name: string, linked: LinkedLogin[]) => {
    b.asked.push(`${name} ${token}`);
    b.linked = linked;
    if (b.lose-- > 0) throw silence();
    return b.linked;
  };
  const api = {
    login: async () => ({ authorization_code: `code-${++b.codes}`, token_type: 'Bearer', expires_in: 900 }),
    logout: async ({ token }: Credential) => void b.asked.push(`logout ${token}`),
    logins: async () => b.linked,
    link: async (c: Credential, idToken: string) => change(c, `link ${idToken}`, [alice, carol]),
    unlink: async (c: Credential, login: LinkedLogin) => {
      const rest = b.linked.filter(({ tenant, sub }) => tenant !== login.tenant || sub !== login.sub);
      change(c, `unlink ${login.sub} of ${login.tenant}`, rest);
    },
  } as unknown as BankAPI;
  const login: Identity = { subject: carol.sub, name: 'Carol', idToken: 'id-token', bridged: true };
  const auth = {
    loginByPopup: async () => (b.asked.push('popup'), login),
    identity: async () => login,
  } as unknown as Auth;
  const session = new Session(api, auth, () => b.clock);
  return Object.assign(b, { session, login, logins: new Logins(api, auth, session) });
}

test('a login in a popup is linked with the code of a fresh login by password', async () => {
  const { session, logins, asked } = bank();
  await session.openWithPassword('alice', 'secret');
  assert.deepEqual(await logins.link(), [alice, carol]);
  assert.deepEqual(asked, ['popup', 'link id-token code-1']);
});

test('without a fresh login by password nobody is asked to log in', async () => {
  const { session, logins, asked } = bank();
  await assert.rejects(logins.link(), refuses('password_login_needed'));
  await session.openFromTenant();
  assert.ok(!logins.mayChange, 'a code that a login at the tenant earned changes nothing');
  await assert.rejects(logins.unlink(alice), refuses('password_login_needed'));
  assert.deepEqual(asked, []);
});

test('the proof ends before five minutes are over', async () => {
  const b = bank();
  await b.session.openWithPassword('alice', 'secret');
  b.clock += 289_000;
  assert.ok(b.logins.mayChange);
  b.clock += 2_000;
  assert.ok(!b.logins.mayChange);
  b.clock -= 3_600_000; // the clock was set back: nobody knows how old the proof is
  assert.ok(!b.logins.mayChange);
});

test('a new login by password ends the session in whose place it comes', async () => {
  const { session, asked } = bank();
  await session.openWithPassword('alice', 'secret');
  await session.openWithPassword('alice', 'secret');
  assert.deepEqual(asked, ['logout code-1']);
});

test('a change whose answer was lost is asked for again, once', async () => {
  const b = bank();
  await b.session.openWithPassword('alice', 'secret');
  b.lose = 1;
  assert.deepEqual(await b.logins.link(), [alice, carol]);
  b.lose = 1;
  assert.deepEqual(await b.logins.unlink(carol), [alice]);
  b.lose = 2;
  await assert.rejects(b.logins.unlink(alice), refuses('unreachable'));
  assert.equal(b.asked.filter((request) => request.startsWith('unlink auth0|alice')).length, 2);
});

test('an id_token without a session_id is not sent', async () => {
  const b = bank();
  await b.session.openWithPassword('alice', 'secret');
  Object.assign(b.login, { bridged: false });
  await assert.rejects(b.logins.link(), refuses('stale_login'));
  assert.deepEqual(b.asked, ['popup']);
});

test('what is not linked to the customer of the code is not said to have ended', async () => {
  const b = bank();
  await b.session.openWithPassword('bob', 'secret');
  for (const login of [{ ...alice, sub: 'auth0|bob' }, { ...alice, tenant: 'other' }]) {
    await assert.rejects(b.logins.unlink(login), refuses('not_linked'));
  }
  assert.deepEqual(b.asked, []);
});

test('a login approves from a day after the customer linked it, and at once if the bank did', () => {
  const linked = Date.parse(carol.linked_at);
  assert.deepEqual(approvesFrom(carol, linked), new Date('2026-11-28T10:00:00Z'));
  assert.equal(approvesFrom(carol, linked + 24 * 3600 * 1000), undefined);
  assert.equal(approvesFrom(alice, Date.parse(alice.linked_at)), undefined);
});
