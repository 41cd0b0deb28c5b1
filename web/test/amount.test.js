// What the page writes, the amount field takes: in every locale and currency that this browser knows. Intl lists its
// currencies but not its locales, so those are found by asking for each language of two or three letters, with each
// script of CLDR that a language is written in beside its usual one, and each region.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from './browser.js';

const web = path.resolve(import.meta.dirname, '..');
let browser, page;

before(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-amount-'));
  execFileSync('npx', ['tsc', '-p', 'tsconfig.unit.json', '--outDir', folder], { cwd: web });
  const compiled = async (name) =>
    (await readFile(path.join(folder, name), 'utf8')).replace(/^import .* from '\.\/.*';$/m, '');
  const modules = (await compiled('money.js')) + (await compiled('amount.js'));
  await rm(folder, { recursive: true });
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.evaluate(async (source) => {
    globalThis.ours = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    globalThis.locales = knownLocales();

    function knownLocales() {
      const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
      const pairs = letters.flatMap((a) => letters.map((b) => a + b));
      const codes = pairs.flatMap((pair) => [pair, ...letters.map((c) => pair + c)]);
      const languages = Intl.NumberFormat.supportedLocalesOf(codes).filter((tag) => /^[a-z]+$/.test(tag));
      const scripts = [
        'Latn',
        'Cyrl',
        'Arab',
        'Aran',
        'Hans',
        'Hant',
        'Deva',
        'Guru',
        'Beng',
        'Mtei',
        'Olck',
        'Tfng',
        'Vaii',
        'Adlm',
        'Telu',
      ];
      const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
      const regions = pairs
        .map((pair) => pair.toUpperCase())
        .filter((region) => names.of(region))
        .concat('001', '150', '419');
      const known = (tag) => new Intl.NumberFormat(tag).resolvedOptions().locale === tag;
      const written = languages.flatMap((language) => [
        language,
        ...scripts.map((script) => `${language}-${script}`).filter(known),
      ]);
      return written.flatMap((tag) => [tag, ...regions.map((region) => `${tag}-${region}`).filter(known)]);
    }
  }, modules);
});
after(() => browser?.close());

test('what the page writes is read as what it says, in every locale and currency of the browser', async (t) => {
  const { pairs, wrong } = await page.evaluate(() => {
    const { formatMoney, formatSigned, parseAmount, wireAmount } = globalThis.ours;
    const currencies = [...Intl.supportedValuesOf('currency'), 'XXA']; // and one that it has never heard of
    const magnitudes = [1n, 50n, 1250n, 999_999n, 1_250_000n, 123_456_789n, 10n ** 12n + 7n, 10n ** 15n];
    const wrong = [];
    let pairs = 0;
    for (const locale of globalThis.locales) {
      for (const currency of currencies) {
        // Digits as any bank may have them, not as the browser does; each pair sees another size.
        const digits = [2, 0, 3, 2, 4][pairs % 5];
        const minor = magnitudes[pairs % magnitudes.length];
        const write = pairs % 3 === 0 ? formatSigned : formatMoney;
        const text = write(wireAmount(minor, digits), currency, locale);
        const parsed = parseAmount(text, { currency, digits }, locale);
        if (parsed.minor !== minor)
          wrong.push(`${locale} ${currency} ${minor}: ${text} → ${parsed.minor ?? parsed.problem ?? parsed.readings}`);
        pairs++;
      }
    }
    return { pairs, wrong };
  });
  t.diagnostic(`${pairs} pairs of locale and currency`);
  assert.ok(pairs > 50_000, `${pairs} pairs`);
  assert.deepEqual(wrong.slice(0, 20), []);
});

test('what is typed without the currency is the same amount, or is asked about', async (t) => {
  const { texts, wrong } = await page.evaluate(() => {
    const { moneyFormat, parseAmount, wireAmount } = globalThis.ours;
    const wrong = [];
    let texts = 0;
    for (const locale of globalThis.locales) {
      for (const [currency, digits] of [
        ['EUR', 2],
        ['JPY', 0],
        ['KWD', 3],
        ['INR', 2],
        ['CVE', 2],
      ]) {
        for (const minor of [5n, 1250n, 125_000n, 1_250_000n, 12_345_678_901n]) {
          for (const useGrouping of [true, false]) {
            for (const numberingSystem of [undefined, 'latn']) {
              const text = moneyFormat(currency, digits, locale, { useGrouping, numberingSystem })
                .formatToParts(wireAmount(minor, digits))
                .flatMap(({ type, value }) =>
                  ['integer', 'group', 'decimal', 'fraction'].includes(type) ? [value] : [],
                )
                .join('');
              const parsed = parseAmount(text, { currency, digits }, locale);
              const readings = parsed.readings ?? [parsed.minor];
              const askedForGood = parsed.readings === undefined || (digits === 3 && readings.length === 2);
              if (!readings.includes(minor) || !askedForGood)
                wrong.push(`${locale} ${currency} ${minor}: ${text} → ${readings} ${parsed.problem}`);
              texts++;
            }
          }
        }
      }
    }
    return { texts, wrong };
  });
  t.diagnostic(`${texts} texts`);
  assert.deepEqual(wrong.slice(0, 20), []);
});
