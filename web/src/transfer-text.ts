// The bank signs what a person is to approve: a transfer text, which this app hands to the tenant as it is
// (shared/approval has the grammar). The app cannot check the signature, but it can read the fields: a person is asked
// to approve the transfer that waits here, and no other.

import type { PendingTransfer } from './pending-transfer.ts';

/** The authorize parameter that carries the text. */
export const textParameter = 'ext-transfer';

const digest = '[A-Za-z0-9_-]{22}';
const account = '[1-9]\\d{9}-\\d{2}';
const core = `(${account}) (${account}) (\\d+(?:\\.\\d+)?) ([A-Z]{3}) (${digest})`;
const shape = new RegExp(`^v1 \\d{10} ${digest}(?:\\.${digest}){0,4} ${core} [A-Za-z0-9_-]{43}$`);
const longest = 255;

/** Whether text is about this transfer and its key, to the digit. */
export async function isAbout(text: string, { key, transfer }: PendingTransfer): Promise<boolean> {
  const fields = text.length <= longest ? shape.exec(text) : null;
  if (fields === null) return false;
  const { from, to, amount, currency, reference } = transfer;
  const wanted = [from, to, amount, currency, await digestOf(reference === undefined ? key : `${key}\0${reference}`)];
  return wanted.every((value, index) => fields[index + 1] === value);
}

// The first 22 characters of base64url(sha256("key\0" + key)); with a reference, "\0" and that follow the key.
async function digestOf(key: string): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`key\0${key}`));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(sum)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}
