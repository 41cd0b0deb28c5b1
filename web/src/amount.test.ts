import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAmount } from './amount.ts';

const digits: Record<string, number> = { EUR: 2, CHF: 2, INR: 2, HUF: 2, JPY: 0, KWD: 3, CVE: 2, DKK: 2 };
const parse = (typed: string, currency: string, locale: string) =>
  parseAmount(typed, { currency, digits: digits[currency]! }, locale);

const accepted: [string, string, string, bigint][] = [
  ['1250', 'EUR', 'en-IE', 125000n],
  ['1,250', 'EUR', 'en-IE', 125000n],
  ['1,250.5', 'EUR', 'en-IE', 125050n],
  ['.5', 'EUR', 'en-IE', 50n],
  ['7.', 'EUR', 'en-IE', 700n],
  [' 12.34 ', 'EUR', 'en-IE', 1234n],
  ['€12.34', 'EUR', 'en-IE', 1234n],
  ['12.34 eur', 'EUR', 'en-IE', 1234n],
  ['+€12.34', 'EUR', 'en-IE', 1234n],
  ['1.250', 'EUR', 'de-DE', 125000n],
  ['1.250,50', 'EUR', 'de-DE', 125050n],
  ['12,3', 'EUR', 'de-DE', 1230n],
  ['1 250,50', 'EUR', 'fr-FR', 125050n],
  ['1\u202f250,50', 'EUR', 'fr-FR', 125050n],
  ['1 250.00 CHF', 'CHF', 'fr-CH', 125000n],
  ['1250,00', 'CHF', 'fr-CH', 125000n],
  ['€ 2.500,00', 'EUR', 'de-AT', 250000n],
  ['2 500,00', 'EUR', 'de-AT', 250000n],
  ["1'250.50", 'CHF', 'de-CH', 125050n],
  ['1’250.50', 'CHF', 'en-CH', 125050n],
  ['₹1,00,000.00', 'INR', 'en-IN', 10000000n],
  ['1,00,000', 'INR', 'hi-IN', 10000000n],
  ['100,000', 'INR', 'en-IN', 10000000n],
  ['HUF 125,000.50', 'HUF', 'en-IE', 12500050n],
  ['1.250,00 kr.', 'DKK', 'da-DK', 125000n],
  ['20$50', 'CVE', 'pt-CV', 2050n],
  ['90,000', 'JPY', 'ja-JP', 90000n],
  ['１２３', 'JPY', 'ja-JP', 123n],
  ['￥９０，０００', 'JPY', 'ja-JP', 90000n],
  ['١٢٫٥', 'EUR', 'ar-EG', 1250n],
  ['\u200f١٬٢٥٠٫٥٠\u00a0€', 'EUR', 'ar-EG', 125050n],
  ['12.5', 'EUR', 'ar-EG', 1250n],
  ['१,२५०.५०', 'INR', 'mr-IN', 125050n],
  ['\u200f1,250.50 \u200f€', 'EUR', 'he-IL', 125050n],
  ['1.250', 'KWD', 'en-IE', 1250n],
  ['KWD 1.250', 'KWD', 'en-DE', 1250n],
  ['1,250.000', 'KWD', 'en-DE', 1250000n],
  ['1.250,000', 'KWD', 'en-DE', 1250000n],
  ['10,000,000,000,000.00', 'EUR', 'en-IE', 10n ** 15n],
];
for (const [typed, currency, locale, minor] of accepted) {
  test(`${JSON.stringify(typed)} in ${locale} is ${minor} minor units of ${currency}`, () => {
    assert.deepEqual(parse(typed, currency, locale), { minor });
  });
}

const asked: [string, string, string][] = [
  ['1.250', 'KWD', 'en-DE'],
  ['1.250', 'KWD', 'de-DE'],
  ['1,250', 'KWD', 'en-IE'],
  ['1,250', 'KWD', 'en-DE'],
];
for (const [typed, currency, locale] of asked) {
  test(`${JSON.stringify(typed)} ${currency} in ${locale} can be read in two ways`, () => {
    const parsed = parse(typed, currency, locale);
    assert.deepEqual('readings' in parsed && [...parsed.readings].sort(), [1250n, 1250000n]);
  });
}

const refused: [string, string, string, string][] = [
  ['', 'EUR', 'en-IE', 'empty'],
  ['   ', 'EUR', 'en-IE', 'empty'],
  ['€', 'EUR', 'en-IE', 'unreadable'],
  ['1.250', 'EUR', 'en-IE', 'too-many-digits'],
  ['12.5', 'EUR', 'de-DE', 'unreadable'],
  ['1.250.5', 'EUR', 'de-DE', 'unreadable'],
  ['12,50', 'EUR', 'en-IE', 'unreadable'],
  ['12 50', 'EUR', 'en-IE', 'unreadable'],
  ['1,2,3', 'EUR', 'en-IE', 'unreadable'],
  ['1.2.3', 'EUR', 'en-IE', 'unreadable'],
  ['0,001', 'EUR', 'en-IE', 'unreadable'],
  ["1'250,000", 'EUR', 'en-IE', 'unreadable'],
  ['ten', 'EUR', 'en-IE', 'unreadable'],
  ['1e3', 'EUR', 'en-IE', 'unreadable'],
  ['5²', 'EUR', 'en-IE', 'unreadable'],
  ['1½', 'EUR', 'en-IE', 'unreadable'],
  ['1٢', 'EUR', 'ar-EG', 'unreadable'],
  ['$5', 'EUR', 'en-IE', 'unreadable'],
  ['5 GBP', 'EUR', 'en-IE', 'unreadable'],
  ['.', 'EUR', 'en-IE', 'unreadable'],
  ['-5', 'EUR', 'en-IE', 'not-positive'],
  ['−€25.00', 'EUR', 'en-IE', 'not-positive'],
  ['0', 'EUR', 'en-IE', 'not-positive'],
  ['0.00', 'EUR', 'en-IE', 'not-positive'],
  ['1.5', 'JPY', 'en-IE', 'too-many-digits'],
  ['10,000,000,000,000.01', 'EUR', 'en-IE', 'too-large'],
];
for (const [typed, currency, locale, problem] of refused) {
  test(`${JSON.stringify(typed)} in ${locale} is refused as ${problem}`, () => {
    assert.deepEqual(parse(typed, currency, locale), { problem });
  });
}
