// Reads an amount as a person types or pastes it: in the digits of any script, grouped or not, with the currency's sign
// or without. What this page writes is read as what it says, in every locale; what can be read in two ways is asked
// about, and never guessed at.
//
// A locale may write money and plain numbers with different separators (in en-DE 1,250.00 and 1.250,00; CLDR has
// currencyDecimal and currencyGroup for that, https://unicode.org/reports/tr35/tr35-numbers.html#Number_Symbols), so
// each text is read in both ways.

import { digitsOf, formatMoney, formatSigned, moneyFormat, numberFormat, wireAmount } from './money.ts';

/** What an amount is in: the digits are those of a wire amount in this currency. */
interface Denomination {
  readonly currency: string;
  readonly digits: number;
}

export type AmountProblem = 'empty' | 'unreadable' | 'too-many-digits' | 'not-positive' | 'too-large';

/** The amount in minor units, what is wrong with it, or each amount that it may be. */
type ParsedAmount =
  { readonly minor: bigint } | { readonly problem: AmountProblem } | { readonly readings: readonly bigint[] };

// The most that one transfer moves: the API's MaxAmount.
const largest = 10n ** 15n;

export function denominationOf(amount: string, currency: string): Denomination {
  return { currency, digits: digitsOf(amount) };
}

export function parseAmount(input: string, denomination: Denomination, locale?: string): ParsedAmount {
  const text = canonical(input);
  if (text === undefined) return { problem: 'unreadable' };
  if (text.plain === '') return { problem: 'empty' };
  const { sign, body } = bare(text, denomination.currency, locale);
  const numbers = conventions(denomination, text.system, locale).flatMap((convention) =>
    read(body, convention, denomination.digits),
  );
  if (numbers.length === 0) return { problem: 'unreadable' };
  if (sign === '-') return { problem: 'not-positive' };

  const fitting = numbers.filter(({ fraction }) => fraction.length <= denomination.digits);
  if (fitting.length === 0) return { problem: 'too-many-digits' };
  const readings = [
    ...new Set(fitting.map(({ whole, fraction }) => BigInt(whole + fraction.padEnd(denomination.digits, '0')))),
  ];
  const possible = readings.filter((minor) => minor > 0n && minor <= largest);
  const [first] = possible;
  if (first === undefined) return { problem: readings.some((minor) => minor > 0n) ? 'too-large' : 'not-positive' };
  if (possible.length === 1) return { minor: first };
  const written = possible.find((minor) => writes(minor, text.plain, denomination, locale));
  return written === undefined ? { readings: possible } : { minor: written };
}

// ---- One spelling of what keyboards and copied text spell in many -------------------------------------------------

interface Canonical {
  readonly plain: string;
  readonly system: string;
}

/**
 * Plain digits, one kind of space and of apostrophe, no marks of direction. Undefined if the text mixes the digits of
 * several scripts, or has something in it that only looks like a digit (², ½, ⑤).
 */
function canonical(input: string): Canonical | undefined {
  const systems = new Set<string>();
  const plain = Array.from(input, (character) => {
    const known = digits().get(character);
    if (known === undefined) return character;
    systems.add(known.system);
    return known.digit;
  }).join('');
  if (systems.size > 1 || /[\p{No}\p{Nl}]/u.test(plain)) return undefined;
  return { plain: spelled(plain), system: [...systems][0] ?? 'latn' };
}

function spelled(text: string): string {
  return text
    .replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc\u2032]/g, "'")
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

let digitsByCharacter: Map<string, { readonly digit: string; readonly system: string }> | undefined;

// The digits of every numbering system that the browser knows.
function digits(): Map<string, { readonly digit: string; readonly system: string }> {
  digitsByCharacter ??= new Map(
    Intl.supportedValuesOf('numberingSystem').flatMap((system) => {
      const written = Array.from(
        new Intl.NumberFormat('en', { numberingSystem: system, useGrouping: false }).format(9876543210),
      );
      if (written.length !== 10) return []; // no digits but words
      return written.map((character, index) => [character, { digit: String(9 - index), system }] as const);
    }),
  );
  return digitsByCharacter;
}

// ---- The number without the currency and the sign -----------------------------------------------------------------

function bare(text: Canonical, currency: string, locale?: string): { sign: string; body: string } {
  let sign = '';
  let body = text.plain;
  const takeSign = () => {
    const found = /^[+-]/.exec(body)?.[0] ?? /[+-]$/.exec(body)?.[0];
    if (found === undefined || sign !== '') return;
    sign = found;
    body = (body.startsWith(found) ? body.slice(1) : body.slice(0, -1)).trim();
  };
  const takeCurrency = () => {
    const folded = body.toLowerCase();
    for (const token of tokens(currency, text.system, locale)) {
      if (folded.startsWith(token)) body = body.slice(token.length).trim();
      else if (folded.endsWith(token)) body = body.slice(0, -token.length).trim();
      else continue;
      return;
    }
  };
  takeSign();
  takeCurrency();
  takeSign();
  return { sign, body };
}

// How the currency is written, here and elsewhere.
function* tokens(currency: string, numberingSystem: string, locale?: string): Generator<string> {
  for (const currencyDisplay of ['symbol', 'code', 'narrowSymbol'] as const) {
    const parts = moneyFormat(currency, 2, locale, { currencyDisplay, numberingSystem }).formatToParts(1);
    const written = parts.find(({ type }) => type === 'currency')?.value ?? '';
    const token = spelled(written).toLowerCase();
    if (token !== '') yield token;
  }
}

// ---- The number ---------------------------------------------------------------------------------------------------

interface Convention {
  readonly decimal: string;
  readonly group: string;
  /** Digits in the last group and in those before it: 3 and 3, in India 3 and 2. */
  readonly sizes: readonly [number, number];
}

// How this locale writes money, and how it writes numbers.
function conventions({ currency }: Denomination, numberingSystem: string, locale?: string): Convention[] {
  const money = conventionOf(moneyFormat(currency, 2, locale, { currencyDisplay: 'symbol', numberingSystem }));
  const number = conventionOf(numberFormat(locale, { minimumFractionDigits: 2, numberingSystem }));
  const same = money.decimal === number.decimal && money.group === number.group && money.sizes[1] === number.sizes[1];
  return same ? [money] : [money, number];
}

function conventionOf(format: Intl.NumberFormat): Convention {
  const parts = format.formatToParts(1234567890123);
  const find = (type: string) => separator(parts.find((part) => part.type === type)?.value ?? '');
  const lengths = parts.filter(({ type }) => type === 'integer').map(({ value }) => Array.from(value).length);
  return { decimal: find('decimal') || '.', group: find('group'), sizes: [lengths.at(-1) ?? 3, lengths.at(-2) ?? 3] };
}

// A separator that is a space would not outlive being trimmed.
function separator(written: string): string {
  return spelled(`0${written}0`).slice(1, -1);
}

interface Read {
  readonly whole: string;
  readonly fraction: string;
}

/** How body reads by the convention: not at all, in one way, or in two. */
function read(body: string, { decimal, group, sizes }: Convention, places: number): Read[] {
  const readings: Read[] = [];
  for (const point of new Set([decimal, '\u066b'])) {
    const [integer = '', fraction = '', ...rest] = body.split(point);
    if (rest.length > 0 || !/^\d*$/.test(fraction) || integer + fraction === '') continue;
    const whole = ungrouped(
      integer,
      [group, ' ', "'", '\u066c'].filter((one) => one !== '' && one !== point),
      sizes,
    );
    if (whole !== undefined) readings.push({ whole: whole || '0', fraction });
  }
  // One separator before three digits is a group here. Where the currency has that many digits, it may be a point too.
  const lone = /^(\d{1,3})[.,](\d{3})$/.exec(body);
  if (lone && places >= 3 && readings.length > 0) readings.push({ whole: lone[1]!, fraction: lone[2]! });
  return readings;
}

// "1.250.000" → "1250000"; undefined where a separator stands that does not end a group.
function ungrouped(
  integer: string,
  groups: readonly string[],
  [last, others]: readonly [number, number],
): string | undefined {
  if (/^\d*$/.test(integer)) return integer;
  const group = groups.find((one) => integer.includes(one));
  if (group === undefined) return undefined;
  const parts = integer.split(group);
  const sized = (size: number, inner: number) =>
    parts.every((part, index) => {
      if (!/^\d+$/.test(part)) return false;
      if (index === 0) return part.length <= inner && !part.startsWith('0');
      return part.length === (index === parts.length - 1 ? size : inner);
    });
  return sized(last, others) || sized(3, 3) ? parts.join('') : undefined;
}

// Whether this page writes the amount in this very way, with its currency.
function writes(minor: bigint, plain: string, { currency, digits: places }: Denomination, locale?: string): boolean {
  const amount = wireAmount(minor, places);
  return [formatMoney, formatSigned].some((format) => canonical(format(amount, currency, locale))?.plain === plain);
}
