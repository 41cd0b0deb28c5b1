import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from './challenge.ts';

const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

test('a missing scope is a challenge for that scope', () => {
  const members = { error: 'insufficient_scope', scope: 'transfer:funds' };
  assert.deepEqual(parseChallenge(403, members), members);
});

test('a second factor that is too old is a challenge with its class and age', () => {
  assert.deepEqual(
    parseChallenge(401, {
      error: 'insufficient_user_authentication',
      scope: 'transfer:funds',
      acr_values: multiFactor,
      max_age: 300,
    }),
    { error: 'insufficient_user_authentication', scope: 'transfer:funds', acrValues: multiFactor, maxAge: 300 },
  );
});

test('the transfer to approve is carried along', () => {
  const members = { error: 'insufficient_scope', scope: 'transfer:funds', transfer: 'v1 …' };
  assert.equal(parseChallenge(403, members)?.transfer, 'v1 …');
  assert.equal(parseChallenge(403, { ...members, transfer: 7 })?.transfer, undefined);
});

test('a dead token is no step-up challenge', () => {
  assert.equal(parseChallenge(401, { error: 'invalid_token' }), undefined);
});

test('an error under another status is no challenge', () => {
  assert.equal(parseChallenge(401, { error: 'insufficient_scope', scope: 'transfer:funds' }), undefined);
  assert.equal(parseChallenge(403, { error: 'insufficient_user_authentication', scope: 'transfer:funds' }), undefined);
});

test('a challenge for a scope that this app does not step up to is not followed', () => {
  for (const scope of [
    'create:session',
    'transfer:funds create:session',
    'offline_access',
    'transfer:funds  ',
    '',
    'a"b',
    7,
    undefined,
  ]) {
    assert.equal(parseChallenge(403, { error: 'insufficient_scope', scope }), undefined, String(scope));
  }
});
