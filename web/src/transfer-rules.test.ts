import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTransfer } from './transfer-rules.ts';

const accounts = [
  { account_id: '1000000001-01', currency: 'EUR', balance: '2500.00' },
  { account_id: '1000000001-02', currency: 'JPY', balance: '90000' },
];
const good = { from: '1000000001-01', to: '1000000002-01', amount: '25', reference: '' };

function errorOf(input: Partial<typeof good>, name: keyof typeof good): string | undefined {
  const checked = checkTransfer({ ...good, ...input }, accounts, 'en-IE');
  return 'errors' in checked ? checked.errors[name] : undefined;
}

test('a filled form becomes a transfer as the API reads it', () => {
  assert.deepEqual(checkTransfer(good, accounts, 'en-IE'), {
    transfer: { from: '1000000001-01', to: '1000000002-01', amount: '25.00', currency: 'EUR' },
  });
});

test('the currency is that of the account the money leaves', () => {
  assert.deepEqual(checkTransfer({ ...good, from: '1000000001-02', amount: '5,000' }, accounts, 'en-IE'), {
    transfer: { from: '1000000001-02', to: '1000000002-01', amount: '5000', currency: 'JPY' },
  });
});

test('an account number is read with spaces, without its dash, or with another dash', () => {
  for (const to of ['1000 000 002 01', '100000000201', ' 1000000002–01 ']) {
    const checked = checkTransfer({ ...good, to }, accounts, 'en-IE');
    assert.equal('transfer' in checked && checked.transfer.to, '1000000002-01', to);
  }
});

test('an empty form names every field', () => {
  const checked = checkTransfer({ from: '', to: '', amount: '', reference: '' }, accounts, 'en-IE');
  assert.deepEqual('errors' in checked && Object.keys(checked.errors), ['from', 'to']);
  assert.match(errorOf({ amount: '' }, 'amount') ?? '', /Enter an amount/);
});

test('a mistyped account number is refused before it is sent', () => {
  for (const to of ['1000000002', '0000000002-01', 'bob', '1000000002-0a'])
    assert.match(errorOf({ to }, 'to') ?? '', /12 digits/, to);
});

test('money does not go from an account to itself', () => {
  assert.match(errorOf({ to: '1000000001-01' }, 'to') ?? '', /sending from/);
});

test('the whole balance may go, and not a cent more', () => {
  assert.equal(errorOf({ amount: '2500.00' }, 'amount'), undefined);
  assert.match(errorOf({ amount: '2500.01' }, 'amount') ?? '', /€2,500\.00 in this account/);
});

test('the words about digits name the currency', () => {
  assert.match(errorOf({ amount: '1.234' }, 'amount') ?? '', /EUR has 2 decimals/);
  assert.match(errorOf({ from: '1000000001-02', amount: '1.5' }, 'amount') ?? '', /JPY has no decimals/);
});

test('a reference goes along on one line, and an invisible character in it is refused', () => {
  const checked = checkTransfer({ ...good, reference: '  Rent\u00a0 11/2026 ' }, accounts, 'en-IE');
  assert.equal('transfer' in checked && checked.transfer.reference, 'Rent 11/2026');
  for (const text of ['a\u202eb', 'a\u200bb', 'a\u0007b', '\ud800', '\ufffd']) {
    assert.match(errorOf({ reference: text }, 'reference') ?? '', /invisible/, JSON.stringify(text));
  }
  assert.equal(errorOf({ reference: '😀'.repeat(140) }, 'reference'), undefined);
  assert.match(errorOf({ reference: 'x'.repeat(141) }, 'reference') ?? '', /140/);
});
