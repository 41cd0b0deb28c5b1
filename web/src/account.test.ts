import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayAccountId, isAccountId, normalizeAccountId } from './account.ts';

test('an account number is a customer number and two digits', () => {
  assert.ok(isAccountId('1000000001-01'));
  for (const id of ['0000000001-01', '100000001-01', '1000000001-1', '1000000001_01', ' 1000000001-01'])
    assert.ok(!isAccountId(id), id);
});

test('what the page shows can be pasted back', () => {
  assert.equal(normalizeAccountId(displayAccountId('1000000001-02')), '1000000001-02');
});

test('what is no account number stays as it was typed', () => {
  assert.equal(normalizeAccountId(' bob '), 'bob');
  assert.equal(displayAccountId('bob'), 'bob');
});
