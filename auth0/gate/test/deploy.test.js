/** What deploy.js wants to be told, and that it sends nothing before it knows all of it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';

import { APPROVALS_KEY } from '../bank.js';
import { dpopKeywords } from '../../local/dpop-setting.js';
import { cliEnvironment, readSettings } from '../deploy-settings.js';

const COMPLETE = {
  AUTH0_DOMAIN: 'bank.eu.auth0.com', AUTH0_CLIENT_ID: 'id', AUTH0_CLIENT_SECRET: 'secret',
  WEB_ORIGIN: 'https://bank.example.com', API_URL: 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod',
  APPROVAL_SECRET: 'an-approval-secret-of-at-least-43-characters', APPROVAL_BINDING: 'required',
  DPOP: 'required',
};

it('the issuer follows from the domain', () => {
  const { settings, dryRun, problems } = readSettings(COMPLETE, ['--dry-run']);
  assert.deepEqual([settings.TENANT_URL, dryRun, problems], ['https://bank.eu.auth0.com/', true, []]);
});

it('a public key for approvals switches the back channel on', () => {
  const { settings, problems } = readSettings({ ...COMPLETE, APPROVALS_CLIENT_PUBLIC_KEY: APPROVALS_KEY }, []);
  assert.deepEqual([settings.BACK_CHANNEL, problems], ['', []]);
  assert.equal(JSON.parse(settings.APPROVALS_CREDENTIALS).length, 1);
});

it('a custom domain is the issuer if it is given', () => {
  assert.equal(
    readSettings({ ...COMPLETE, TENANT_URL: 'https://login.example.com/' }, []).settings.TENANT_URL,
    'https://login.example.com/',
  );
});

it('the deploy CLI is told what is named here, and no other setting reaches it', () => {
  const stray = {
    AUTH0_ALLOW_DELETE: 'true',
    AUTH0_DRY_RUN_APPLY: 'true',
    AUTH0_EXPERIMENTAL_EA: 'true',
    AUTH0_DEBUG: 'true',
    AUTH0_LOG: 'debug',
    AUTH0_INCLUDED_ONLY: '["roles"]',
    AUTH0_EXCLUDED: '["actions"]',
    AUTH0_ACCESS_TOKEN: 'x',
    AUTH0_PRESERVE_KEYWORDS: 'true',
    AUTH0_ANYTHING_NEW: '1',
    NODE_OPTIONS: '--require=x',
    PATH: '/bin',
  };
  const environment = { ...COMPLETE, ...stray, NODE_EXTRA_CA_CERTS: '/ca.pem' };
  assert.deepEqual(cliEnvironment(readSettings(environment, []).settings, environment), {
    ...COMPLETE,
    TENANT_URL: 'https://bank.eu.auth0.com/',
    APPROVAL_SECRET_PREVIOUS: 'none',
    ...dpopKeywords('required'),
    BACK_CHANNEL: '#',
    APPROVALS_CREDENTIALS: '[]',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
  });
});

const REFUSED = {
  'no domain': [{ AUTH0_DOMAIN: undefined }, 'AUTH0_DOMAIN is missing or malformed'],
  'a domain that is an address': [
    { AUTH0_DOMAIN: 'https://bank.eu.auth0.com' },
    'AUTH0_DOMAIN is missing or malformed',
  ],
  'no secret': [{ AUTH0_CLIENT_SECRET: '' }, 'AUTH0_CLIENT_SECRET is missing or malformed'],
  'no origin of the app': [{ WEB_ORIGIN: undefined }, 'WEB_ORIGIN is missing or malformed'],
  'an origin that ends in a slash': [{ WEB_ORIGIN: 'https://bank.example.com/' }, 'WEB_ORIGIN is missing or malformed'],
  'an origin without TLS': [{ WEB_ORIGIN: 'http://bank.example.com' }, 'WEB_ORIGIN is missing or malformed'],
  'an API that ends in a slash': [{ API_URL: `${COMPLETE.API_URL}/` }, 'API_URL is missing or malformed'],
  'no secret for approvals': [{ APPROVAL_SECRET: undefined }, 'APPROVAL_SECRET is missing or malformed'],
  'a secret for approvals that is too short': [
    { APPROVAL_SECRET: 'x'.repeat(42) },
    'APPROVAL_SECRET is missing or malformed',
  ],
  'a previous secret that is too short': [
    { APPROVAL_SECRET_PREVIOUS: 'old' },
    'APPROVAL_SECRET_PREVIOUS is missing or malformed',
  ],
  'no word on binding': [{ APPROVAL_BINDING: undefined }, 'APPROVAL_BINDING is missing or malformed'],
  'a misspelt binding': [{ APPROVAL_BINDING: 'Required' }, 'APPROVAL_BINDING is missing or malformed'],
  'no word on proofs': [{ DPOP: undefined }, 'DPOP is missing or malformed'],
  'a word on proofs that is none': [{ DPOP: 'constructor' }, 'DPOP is missing or malformed'],
  'a private key for approvals': [
    { APPROVALS_CLIENT_PUBLIC_KEY: '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----' },
    'APPROVALS_CLIENT_PUBLIC_KEY is malformed: it has a PRIVATE KEY: give the public key',
  ],
  'TLS switched off': [
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is no way to reach Auth0',
  ],
  'an issuer without its slash': [{ TENANT_URL: 'https://login.example.com' }, 'TENANT_URL is missing or malformed'],
};
for (const [title, [change, problem]] of Object.entries(REFUSED)) {
  it(`${title} is refused by name`, () => {
    const { problems } = readSettings({ ...COMPLETE, ...change }, []);
    assert.ok(problems.includes(problem), problems.join());
  });
}

it('an unknown flag is refused', () => {
  assert.deepEqual(readSettings(COMPLETE, ['--force']).problems, ['--force is unknown']);
});

it('deploy.js says what is missing and ends with 2', () => {
  const script = path.resolve(import.meta.dirname, '../deploy.js');
  const { status, stderr } = spawnSync(process.execPath, [script], {
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 2);
  assert.match(stderr, /^deploy: AUTH0_DOMAIN is missing or malformed; /);
});
