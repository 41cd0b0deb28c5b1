// An account id is its customer's number and two more digits, "1000000001-01": the bank can tell from the id alone
// whose account it is, and so can this form tell a mistyped one before anything is sent.

export type { Account } from './contract.ts';

const shape = /^[1-9]\d{9}-\d{2}$/;

/** The number of the customer whose account it is. */
export function customerOf(accountId: string): string {
  return accountId.slice(0, 10);
}

export function isAccountId(value: string): boolean {
  return shape.test(value);
}

/** What a person typed or pasted, without the spaces and with the dash in its place: "1000 000 002 01" is accepted. */
export function normalizeAccountId(typed: string): string {
  const digits = typed.replace(/[\s.\u2010-\u2015-]/g, '');
  return /^\d{12}$/.test(digits) ? `${digits.slice(0, 10)}-${digits.slice(10)}` : typed.trim();
}

/** Grouped for the eye, and never broken across lines: "1000 000 001‑01". The form takes what is copied from here. */
export function displayAccountId(id: string): string {
  const match = /^(\d{4})(\d{3})(\d{3})-(\d{2})$/.exec(id);
  return match ? `${match[1]}\u00a0${match[2]}\u00a0${match[3]}\u2011${match[4]}` : id;
}
