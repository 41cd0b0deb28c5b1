// What the send form checks before anything leaves the page. The bank checks all of it again; these rules are here so
// that a person hears about a slip at once, in words, beside the field.

import { type Account, isAccountId, normalizeAccountId } from './account.ts';
import { currencyDigits, formatMoney, minorUnits, parseAmount, wireAmount, type AmountProblem } from './money.ts';
import type { Transfer } from './pending.ts';

export interface TransferInput {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
}

export type FieldErrors = { readonly [Field in keyof TransferInput]?: string };
export type CheckedTransfer = { readonly transfer: Transfer } | { readonly errors: FieldErrors };

export function checkTransfer(input: TransferInput, accounts: readonly Account[], locale?: string): CheckedTransfer {
  const source = accounts.find((account) => account.account_id === input.from);
  const to = normalizeAccountId(input.to);
  const from = source === undefined ? 'Choose the account to send from.' : undefined;
  const recipient = recipientError(to, input.from);
  const amount = source === undefined ? undefined : checkAmount(input.amount, source, locale);

  const amountError = typeof amount === 'string' ? amount : undefined;
  if (source === undefined || from || recipient || typeof amount !== 'bigint') {
    return {
      errors: { ...(from && { from }), ...(recipient && { to: recipient }), ...(amountError && { amount: amountError }) },
    };
  }
  return {
    transfer: { from: source.account_id, to, amount: wireAmount(amount, source.currency), currency: source.currency },
  };
}

function recipientError(to: string, from: string): string | undefined {
  if (to === '') return 'Enter the recipient’s account number.';
  if (!isAccountId(to)) return 'An account number has 12 digits, like 1000000002-01.';
  if (to === from) return 'This is the account you are sending from. Enter another one.';
  return undefined;
}

// The amount in minor units, or what is wrong with it.
function checkAmount(typed: string, source: Account, locale?: string): bigint | string {
  const parsed = parseAmount(typed, source.currency, locale);
  if ('problem' in parsed) return amountWords(parsed.problem, source.currency, locale);
  if (parsed.minor > minorUnits(source.balance, source.currency)) {
    return `There is ${formatMoney(source.balance, source.currency, locale)} in this account. Enter that much or less.`;
  }
  return parsed.minor;
}

function amountWords(problem: AmountProblem, currency: string, locale?: string): string {
  const digits = currencyDigits(currency);
  const example = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, useGrouping: false }).format(1250);
  switch (problem) {
    case 'empty':
      return 'Enter an amount.';
    case 'unreadable':
      return `Write the amount in digits, like ${example}.`;
    case 'too-many-digits':
      return digits === 0 ? `${currency} has no decimals. Enter a whole amount.` : `${currency} has ${digits} decimals. Write the amount like ${example}.`;
    case 'not-positive':
      return 'Enter an amount above zero.';
    case 'too-large':
      return 'That is more than one transfer can carry.';
  }
}
