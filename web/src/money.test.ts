import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digitsOf, formatMoney, formatSigned, minorUnits, wireAmount } from './money.ts';

// A locale's own spaces (no-break, narrow no-break) are not what these tests are about.
const plain = (text: string) => text.replace(/\s/g, ' ');

test('a wire amount becomes minor units and back, digit for digit', () => {
  for (const amount of ['1250.00', '0.01', '-25.50', '90000', '1.005', '9007199254740993.01']) {
    assert.equal(wireAmount(minorUnits(amount), digitsOf(amount)), amount);
  }
});

test('what the API would not send is no amount', () => {
  for (const amount of ['1e3', '', ' 1.00', '+1.00', '1.', '.5', '1,00'])
    assert.throws(() => minorUnits(amount), RangeError, amount);
});

test('money is written as the locale writes it', () => {
  assert.equal(formatMoney('1250.00', 'EUR', 'en-IE'), '€1,250.00');
  assert.equal(plain(formatMoney('1250.00', 'EUR', 'de-DE')), '1.250,00 €');
  assert.equal(formatMoney('90000', 'JPY', 'en-US'), '¥90,000');
  assert.equal(formatMoney('1250.50', 'INR', 'en-IN'), '₹1,250.50');
});

test('money is written with the digits that the bank gives it, whatever the browser thinks of the currency', () => {
  for (const [amount, currency, written] of [
    ['125000.50', 'HUF', 'HUF 125,000.50'],
    ['1.005', 'IQD', 'IQD 1.005'],
    ['7', 'EUR', '€7'],
  ] as const) {
    assert.equal(plain(formatMoney(amount, currency, 'en-IE')), written);
  }
});

test('an amount beyond what a float holds keeps its last cent', () => {
  assert.equal(formatMoney('9007199254740993.01', 'EUR', 'en-IE'), '€9,007,199,254,740,993.01');
});

test('a statement shows both signs', () => {
  assert.match(formatSigned('25.00', 'EUR', 'en-IE'), /^\+€25\.00$/);
  assert.match(formatSigned('-25.00', 'EUR', 'en-IE'), /^−€25\.00$/);
});
