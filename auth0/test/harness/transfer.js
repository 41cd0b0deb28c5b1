/** Transfer texts as the bank signs them (shared/approval), and the parts to sign others. */

import { createHash, createHmac } from 'node:crypto';

export const SECRET = 'a-secret-of-the-tests-that-has-43-characters';
export const CORE = `1000000001-01 1000000002-01 10.00 EUR ${digest('key\0a-key')}`;

/**
 * @param {object} [parts]  of the text, as the bank would write them unless given
 */
export function transferText({
  version = 'v1',
  expires = inSeconds(300),
  people,
  subs,
  core = CORE,
  secret = SECRET,
} = {}) {
  const signed = `${version} ${expires} ${people ?? subs.map(person).join('.')} ${core}`;
  return `${signed} ${mac(signed, secret)}`;
}

export function mac(signed, secret = SECRET) {
  return createHmac('sha256', secret).update(`drawbridge transfer\0${signed}`).digest('base64url');
}

export function person(sub) {
  return digest(`sub\0${sub}`);
}

export function inSeconds(seconds) {
  return String(Math.floor(Date.now() / 1000) + seconds);
}

export function digest(text) {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
