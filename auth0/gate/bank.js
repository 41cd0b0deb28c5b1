/** What the rest of the repository takes for granted about the tenant. */

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { load } from 'js-yaml';

import { backChannelKeywords } from '../local/approvals-key.js';
import { dpopKeywords } from '../local/dpop-setting.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const TENANT = path.join(ROOT, 'auth0/tenant.yaml');

const PEM = { type: 'spki', format: 'pem' };
export const APPROVALS_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(PEM);

/** Keywords as a deployment would set them, with approval by the back channel. */
export const KEYWORDS = {
  WEB_ORIGIN: 'https://app.example.com',
  API_URL: 'https://api.example.com',
  TENANT_URL: 'https://tenant.example.com/',
  BRIDGE_CLIENT_ID: 'bridge-client-id',
  BRIDGE_CLIENT_SECRET: 'bridge-client-secret',
  APPROVAL_SECRET: 'an-approval-secret-of-at-least-43-characters',
  APPROVAL_SECRET_PREVIOUS: 'none',
  APPROVAL_BINDING: 'required',
  // With it the file has all of its settings.
  ...dpopKeywords('required'),
  ...backChannelKeywords(APPROVALS_KEY),
};

/** @returns {{users: object[], api: {audience: string, dialect: string}}} */
export function readBank() {
  const template = readFileSync(path.join(ROOT, 'template.yaml'), 'utf8');
  const { users } = load(readFileSync(path.join(ROOT, 'local/seed.yaml'), 'utf8'));
  return {
    users,
    // The dialect is that of an issuer in TokenIssuers that names none: package shared/issuer.
    api: { audience: defaultOf('TokenAudience', template), dialect: 'rfc9068' },
  };
}

/** A parameter's default in template.yaml, whose !Ref and !Sub a YAML parser does not know. */
function defaultOf(parameter, template) {
  const found = new RegExp(`^  ${parameter}:\\n(?:    .*\\n)*?    Default: (\\S+)$`, 'm').exec(template);
  if (!found) throw new Error(`template.yaml: no default for ${parameter}`);
  return found[1];
}
