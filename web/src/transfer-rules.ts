// What the send form checks before anything leaves the page. The bank checks all of it again; these rules are here so
// that a person hears about a slip at once, in words, beside the field.

import { type Account, isAccountId, normalizeAccountId } from './account.ts';
import { type AmountProblem, denominationOf, parseAmount } from './amount.ts';
import { digitsOf, formatMoney, minorUnits, wireAmount } from './money.ts';
import type { Transfer } from './pending-transfer.ts';

export interface TransferInput {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly reference: string;
}

export type FieldErrors = { readonly [Field in keyof TransferInput]?: string } & {
  /** If the amount can be read in several ways: each of them, as the form takes it. */
  readonly readings?: readonly string[];
};
type CheckedTransfer = { readonly transfer: Transfer } | { readonly errors: FieldErrors };

export function checkTransfer(input: TransferInput, accounts: readonly Account[], locale?: string): CheckedTransfer {
  const source = accounts.find((account) => account.account_id === input.from);
  const to = normalizeAccountId(input.to);
  const from = source === undefined ? 'Choose the account to send from.' : undefined;
  const recipient = recipientError(to, input.from);
  const amount = source === undefined ? undefined : checkAmount(input.amount, source, locale);
  const text = input.reference.replace(/\s+/g, ' ').trim();
  const reference = referenceError(text);

  if (source === undefined || from || recipient || typeof amount !== 'bigint' || reference) {
    return {
      errors: {
        ...(from && { from }),
        ...(recipient && { to: recipient }),
        ...(typeof amount === 'object' && amount),
        ...(reference && { reference }),
      },
    };
  }
  const { account_id: account, currency, balance } = source;
  const transfer = { from: account, to, amount: wireAmount(amount, digitsOf(balance)), currency };
  return { transfer: text === '' ? transfer : { ...transfer, reference: text } };
}

function recipientError(to: string, from: string): string | undefined {
  if (to === '') return 'Enter the recipient’s account number.';
  if (!isAccountId(to)) return 'An account number has 12 digits, like 1000000002-01.';
  if (to === from) return 'This is the account you are sending from. Enter another one.';
  return undefined;
}

// The bank's rule: 140 characters that are seen, none that turn the direction of what stands beside them.
function referenceError(text: string): string | undefined {
  if (Array.from(text).length > 140) return 'A reference has at most 140 characters.';
  const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text) && !text.includes('\ufffd');
  return readable ? undefined : 'There is an invisible character in it. Type it anew.';
}

// The amount in minor units, or what is wrong with it.
function checkAmount(typed: string, { balance, currency }: Account, locale?: string): bigint | FieldErrors {
  const denomination = denominationOf(balance, currency);
  const write = (minor: bigint) => formatMoney(wireAmount(minor, denomination.digits), currency, locale);
  const parsed = parseAmount(typed, denomination, locale);
  if ('problem' in parsed) return { amount: amountWords(parsed.problem, currency, denomination.digits, locale) };
  if ('readings' in parsed) {
    const readings = parsed.readings.map(write);
    return { amount: `This can be read in two ways. Is it ${readings.join(' or ')}?`, readings };
  }
  if (parsed.minor > minorUnits(balance)) {
    return { amount: `There is ${formatMoney(balance, currency, locale)} in this account. Enter that much or less.` };
  }
  return parsed.minor;
}

function amountWords(problem: AmountProblem, currency: string, digits: number, locale?: string): string {
  const example = formatMoney(wireAmount(1250n * 10n ** BigInt(digits), digits), currency, locale);
  switch (problem) {
    case 'empty':
      return 'Enter an amount.';
    case 'unreadable':
      return `Write the amount in digits, like ${example}.`;
    case 'too-many-digits':
      return digits === 0
        ? `${currency} has no decimals. Enter a whole amount.`
        : `${currency} has ${digits} decimals. Write the amount like ${example}.`;
    case 'not-positive':
      return 'Enter an amount above zero.';
    case 'too-large':
      return 'That is more than one transfer can carry.';
  }
}
