import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenCache } from './token-cache.ts';

const key = (scope: string) => `@@auth0spajs@@::client::https://my-banking-api::${scope}`;

test('a step-up token is forgotten and the others stay', () => {
  const cache = new TokenCache();
  cache.set(key('openid profile view:balance'), { body: {}, expiresAt: 1 });
  cache.set(key('openid transfer:funds'), { body: {}, expiresAt: 1 });
  cache.set('@@auth0spajs@@::client::@@user@@', { body: {}, expiresAt: 1 });
  cache.forget('transfer:funds');
  assert.deepEqual(cache.allKeys(), [key('openid profile view:balance'), '@@auth0spajs@@::client::@@user@@']);
});

test('a scope is forgotten by its whole name', () => {
  const cache = new TokenCache();
  cache.set(key('openid transfer:funds:preview'), { body: {}, expiresAt: 1 });
  cache.forget('transfer:funds');
  assert.equal(cache.allKeys().length, 1);
});
