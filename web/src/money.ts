// Money on the wire is a decimal string in the currency's own digits ("1250.00", "90000"), which the bank knows from
// ISO 4217. A browser knows CLDR's digits, which are others for many currencies (no fils, no fillér) and differ from
// browser to browser, so the digits here are always those of an amount that the API has sent: a balance has all of
// them. In between money is a bigint of minor units: never a float. amount.ts reads what a person types.

/** The number of digits after the decimal point of a wire amount: 2 in "1250.00", 0 in "90000". */
export function digitsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}

/** "1250.00" → 125000n. Throws on anything that the API would not send. */
export function minorUnits(amount: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (!match) throw new RangeError(`not an amount: ${amount}`);
  const magnitude = BigInt(match[2] + (match[3] ?? ''));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** 125000n with two digits → "1250.00". */
export function wireAmount(minor: bigint, digits: number): string {
  const sign = minor < 0n ? '-' : '';
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

type Decimal = Intl.StringNumericLiteral;

/** Writes money of a currency with all of its digits, as the locale does. */
export function moneyFormat(
  currency: string,
  digits: number,
  locale?: string,
  options: Intl.NumberFormatOptions = {},
): Intl.NumberFormat {
  const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return numberFormat(locale, { style: 'currency', currency, ...places, ...options });
}

// A form asks for the same few formats at each keystroke, and they are slow to make.
const formats = new Map<string, Intl.NumberFormat>();

export function numberFormat(locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = JSON.stringify([locale, options]);
  const format = formats.get(name) ?? new Intl.NumberFormat(locale, options);
  if (formats.size >= 50) formats.clear();
  formats.set(name, format);
  return format;
}

/** The amount as the locale writes it: "€1,250.00", "1.250,00 €". */
export function formatMoney(amount: string, currency: string, locale?: string): string {
  return moneyFormat(currency, digitsOf(amount), locale).format(amount as Decimal);
}

/** The same with its sign always shown, for a statement: "+€25.00", "−€25.00". */
export function formatSigned(amount: string, currency: string, locale?: string): string {
  const text = moneyFormat(currency, digitsOf(amount), locale, { signDisplay: 'exceptZero' }).format(amount as Decimal);
  return text.replace('-', '\u2212'); // a true minus is as wide as the plus
}

/** The amount in pieces, so that a page can set the minor digits smaller. */
export function moneyParts(amount: string, currency: string, locale?: string): { minor: boolean; text: string }[] {
  return moneyFormat(currency, digitsOf(amount), locale)
    .formatToParts(amount as unknown as number) // lib.es2018 knows numbers only; the engine takes decimal strings
    .map(({ type, value }) => ({ minor: type === 'decimal' || type === 'fraction', text: value }));
}
