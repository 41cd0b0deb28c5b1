import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currencyDigits, formatMoney, formatSigned, minorUnits, parseAmount, wireAmount } from './money.ts';

// A locale's own spaces (no-break, narrow no-break) are not what these tests are about.
const plain = (text: string) => text.replace(/\s/g, ' ');

test('each currency has its own number of digits', () => {
  assert.deepEqual(['EUR', 'JPY', 'KWD'].map(currencyDigits), [2, 0, 3]);
});

test('a wire amount becomes minor units and back, digit for digit', () => {
  for (const [amount, currency] of [['1250.00', 'EUR'], ['0.01', 'EUR'], ['-25.50', 'EUR'], ['90000', 'JPY'], ['1.005', 'KWD'], ['9007199254740993.01', 'EUR']] as const) {
    assert.equal(wireAmount(minorUnits(amount, currency), currency), amount);
  }
});

test('what the API would not send is no amount', () => {
  for (const amount of ['12.5', '12', '1e3', '', ' 1.00', '1.000', '+1.00']) {
    assert.throws(() => minorUnits(amount, 'EUR'), RangeError, amount);
  }
  assert.throws(() => minorUnits('90000.00', 'JPY'), RangeError);
});

test('money is written as the locale writes it', () => {
  assert.equal(formatMoney('1250.00', 'EUR', 'en-IE'), '€1,250.00');
  assert.equal(plain(formatMoney('1250.00', 'EUR', 'de-DE')), '1.250,00 €');
  assert.equal(formatMoney('90000', 'JPY', 'en-US'), '¥90,000');
  assert.equal(formatMoney('1250.50', 'INR', 'en-IN'), '₹1,250.50');
});

test('an amount beyond what a float holds keeps its last cent', () => {
  assert.equal(formatMoney('9007199254740993.01', 'EUR', 'en-IE'), '€9,007,199,254,740,993.01');
});

test('a statement shows both signs', () => {
  assert.match(formatSigned('25.00', 'EUR', 'en-IE'), /^\+€25\.00$/);
  assert.match(formatSigned('-25.00', 'EUR', 'en-IE'), /^−€25\.00$/);
});

const accepted: [string, string, string, bigint][] = [
  ['1250', 'EUR', 'en-IE', 125000n],
  ['1,250', 'EUR', 'en-IE', 125000n],
  ['1,250.5', 'EUR', 'en-IE', 125050n],
  ['.5', 'EUR', 'en-IE', 50n],
  ['7.', 'EUR', 'en-IE', 700n],
  [' 12.34 ', 'EUR', 'en-IE', 1234n],
  ['1.250', 'EUR', 'de-DE', 125000n],
  ['1.250,50', 'EUR', 'de-DE', 125050n],
  ['12,3', 'EUR', 'de-DE', 1230n],
  ['1 250,50', 'EUR', 'fr-FR', 125050n],
  ['1\u202f250,50', 'EUR', 'fr-FR', 125050n],
  ["1'250.50", 'CHF', 'de-CH', 125050n],
  ['1’250.50', 'CHF', 'de-CH', 125050n],
  ['90,000', 'JPY', 'ja-JP', 90000n],
  ['１２３', 'JPY', 'ja-JP', 123n],
  ['١٢٫٥', 'EUR', 'ar-EG', 1250n],
];
for (const [typed, currency, locale, minor] of accepted) {
  test(`${JSON.stringify(typed)} in ${locale} is ${minor} minor units of ${currency}`, () => {
    assert.deepEqual(parseAmount(typed, currency, locale), { minor });
  });
}

const refused: [string, string, string, string][] = [
  ['', 'EUR', 'en-IE', 'empty'],
  ['   ', 'EUR', 'en-IE', 'empty'],
  ['1.250', 'EUR', 'en-IE', 'too-many-digits'],
  ['12.5', 'EUR', 'de-DE', 'unreadable'],
  ['1.250.5', 'EUR', 'de-DE', 'unreadable'],
  ['12,50', 'EUR', 'en-IE', 'unreadable'],
  ['1,2,3', 'EUR', 'en-IE', 'unreadable'],
  ['1.2.3', 'EUR', 'en-IE', 'unreadable'],
  ['ten', 'EUR', 'en-IE', 'unreadable'],
  ['1e3', 'EUR', 'en-IE', 'unreadable'],
  ['-5', 'EUR', 'en-IE', 'unreadable'],
  ['.', 'EUR', 'en-IE', 'unreadable'],
  ['0', 'EUR', 'en-IE', 'not-positive'],
  ['0.00', 'EUR', 'en-IE', 'not-positive'],
  ['1.5', 'JPY', 'en-IE', 'too-many-digits'],
  ['99999999999999999', 'EUR', 'en-IE', 'too-large'],
];
for (const [typed, currency, locale, problem] of refused) {
  test(`${JSON.stringify(typed)} in ${locale} is refused as ${problem}`, () => {
    assert.deepEqual(parseAmount(typed, currency, locale), { problem });
  });
}
