import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BankAPI, Credential } from './api.ts';
import type { Auth } from './auth.ts';
import { Session } from './session.ts';
import { problem, refuses } from './testkit/money.ts';

/** The bank, with a code for each login, and the tenant, where Alice is signed in and has a token for each question. */
function world() {
  const w = { codes: 0, tokens: 1, ended: [] as string[] };
  const api = {
    login: async () => ({ authorization_code: `code-${++w.codes}`, token_type: 'Bearer', expires_in: 900 }),
    logout: async ({ token }: Credential) => void w.ended.push(token),
  } as unknown as BankAPI;
  const auth = {
    identity: async () => ({ subject: 'auth0|alice', name: 'Alice', idToken: 'id-token', bridged: true }),
    readToken: async ({ fresh = false } = {}) => ({ token: `token-${fresh ? ++w.tokens : w.tokens}` }),
  } as unknown as Auth;
  return Object.assign(w, { session: new Session(api, auth) });
}

const dead = problem(401, 'invalid_token');

test('after the bank’s code the access token reads, and after that a fresh one', async () => {
  const { session } = world();
  await session.openFromTenant();
  const used: string[] = [];
  const read = session.read(async ({ token }) => {
    used.push(token);
    if (token === 'code-1') throw dead;
    return token;
  });
  assert.equal(await read, 'token-1');
  assert.deepEqual(used, ['code-1', 'token-1']);
  assert.deepEqual(await session.renewed({ token: 'token-1' }), { token: 'token-2' });
});

test('a step-up’s token that the API refuses costs nobody the bank’s session', async () => {
  const { session } = world();
  await session.openWithPassword('alice', 'secret');
  assert.deepEqual(await session.renewed({ token: 'a step-up’s' }), { token: 'code-1' });
});

test('reads that are refused one after the other take one renewal', async () => {
  const { session, tokens } = world();
  await session.openFromTenant();
  for (const _ of ['early', 'late']) assert.deepEqual(await session.renewed({ token: 'code-1' }), { token: 'token-1' });
  assert.equal(tokens, 1);
});

test('what one person asked is not asked again with the credential of the next', async () => {
  const { session } = world();
  await session.openWithPassword('alice', 'secret');
  const used: string[] = [];
  const read = session.read(async ({ token }) => {
    used.push(token);
    await session.openWithPassword('bob', 'secret');
    throw dead;
  });
  await assert.rejects(read, refuses('session_ended'));
  assert.deepEqual(used, ['code-1']);
  assert.deepEqual(await session.credential(), { token: 'code-2' });
});
