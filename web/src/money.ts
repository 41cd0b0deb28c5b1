// Money on the wire is a decimal string in the currency's own digits ("1250.00", "90000"); on the screen it is
// written as the user's locale writes it. In between it is a bigint of minor units: never a float.

/** The number of digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. */
export function currencyDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** "1250.00" EUR → 125000n. Throws on anything that the API would not send. */
export function minorUnits(amount: string, currency: string): bigint {
  const digits = currencyDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length !== digits) throw new RangeError(`not an amount of ${currency}: ${amount}`);
  const magnitude = BigInt(match[2] + fraction);
  return match[1] === '-' ? -magnitude : magnitude;
}

/** 125000n EUR → "1250.00". */
export function wireAmount(minor: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  const sign = minor < 0n ? '-' : '';
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

type Decimal = Intl.StringNumericLiteral;

/** The amount as the locale writes it: "€1,250.00", "1.250,00 €". */
export function formatMoney(amount: string, currency: string, locale?: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount as Decimal);
}

/** The same with its sign always shown, for a statement: "+€25.00", "−€25.00". */
export function formatSigned(amount: string, currency: string, locale?: string): string {
  const text = new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay: 'exceptZero' }).format(amount as Decimal);
  return text.replace('-', '\u2212'); // a true minus is as wide as the plus
}

/** The amount in pieces, so that a page can set the minor digits smaller. */
export function moneyParts(amount: string, currency: string, locale?: string): { minor: boolean; text: string }[] {
  return new Intl.NumberFormat(locale, { style: 'currency', currency })
    .formatToParts(amount as unknown as number) // lib.es2018 knows numbers only; the engine takes decimal strings
    .map(({ type, value }) => ({ minor: type === 'decimal' || type === 'fraction', text: value }));
}

export type AmountProblem = 'empty' | 'unreadable' | 'too-many-digits' | 'not-positive' | 'too-large';
export type ParsedAmount = { readonly minor: bigint } | { readonly problem: AmountProblem };

// The API's own bound: minor units stay well inside an int64.
const largest = 10n ** 15n;

/**
 * Reads an amount as a person in this locale types it. Grouping is accepted only where it belongs (every three
 * digits): "1.250" is 1250 in German, and in English it is refused for its three decimals, never guessed at.
 */
export function parseAmount(input: string, currency: string, locale?: string): ParsedAmount {
  const { decimal, group, digit } = separators(locale);
  const plain = Array.from(canonical(input), (character) => digit.get(character) ?? character).join('');
  if (plain === '') return { problem: 'empty' };

  const [whole = '', fraction = '', ...rest] = plain.split(decimal);
  if (rest.length > 0 || !/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return { problem: 'unreadable' };
  const integer = ungroup(whole, group);
  if (integer === undefined) return { problem: 'unreadable' };

  const digits = currencyDigits(currency);
  if (fraction.length > digits) return { problem: 'too-many-digits' };
  const minor = BigInt((integer || '0') + fraction.padEnd(digits, '0'));
  if (minor <= 0n) return { problem: 'not-positive' };
  if (minor >= largest) return { problem: 'too-large' };
  return { minor };
}

// One spelling of what keyboards and copied text spell in many: no spaces of any width, one apostrophe, plain digits.
function canonical(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '').replace(/\u2019/g, "'");
}

// "1.250.000" → "1250000"; undefined where a separator stands that does not end a group of three.
function ungroup(whole: string, group: string): string | undefined {
  if (/^\d*$/.test(whole)) return whole;
  if (group === '') return undefined;
  const [first = '', ...others] = whole.split(group);
  const wellFormed = /^\d{1,3}$/.test(first) && others.every((part) => /^\d{3}$/.test(part));
  return wellFormed ? first + others.join('') : undefined;
}

function separators(locale?: string): { decimal: string; group: string; digit: Map<string, string> } {
  const format = new Intl.NumberFormat(locale, { useGrouping: true, minimumFractionDigits: 1 });
  const parts = format.formatToParts(-1234567.5);
  const find = (type: string, fallback: string) => parts.find((part) => part.type === type)?.value ?? fallback;
  const numerals = new Intl.NumberFormat(locale, { useGrouping: false });
  const digit = new Map(Array.from({ length: 10 }, (_, n) => [numerals.format(n), String(n)]));
  return { decimal: canonical(find('decimal', '.')), group: canonical(find('group', '')), digit };
}
