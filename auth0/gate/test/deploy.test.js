/** What deploy.js wants to be told, and that it sends nothing before it knows all of it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';

import { readSettings } from '../deploy-settings.js';

const COMPLETE = {
  AUTH0_DOMAIN: 'bank.eu.auth0.com', AUTH0_CLIENT_ID: 'id', AUTH0_CLIENT_SECRET: 'secret',
  WEB_ORIGIN: 'https://bank.example.com', API_URL: 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod',
};

it('the issuer follows from the domain', () => {
  const { settings, dryRun, problems } = readSettings(COMPLETE, ['--dry-run']);
  assert.deepEqual([settings.TENANT_URL, dryRun, problems], ['https://bank.eu.auth0.com/', true, []]);
});

it('a custom domain is the issuer if it is given', () => {
  assert.equal(readSettings({ ...COMPLETE, TENANT_URL: 'https://login.example.com/' }, []).settings.TENANT_URL, 'https://login.example.com/');
});

const REFUSED = {
  'no domain': [{ AUTH0_DOMAIN: undefined }, 'AUTH0_DOMAIN is missing or malformed'],
  'a domain that is an address': [{ AUTH0_DOMAIN: 'https://bank.eu.auth0.com' }, 'AUTH0_DOMAIN is missing or malformed'],
  'no secret': [{ AUTH0_CLIENT_SECRET: '' }, 'AUTH0_CLIENT_SECRET is missing or malformed'],
  'no origin of the app': [{ WEB_ORIGIN: undefined }, 'WEB_ORIGIN is missing or malformed'],
  'an origin that ends in a slash': [{ WEB_ORIGIN: 'https://bank.example.com/' }, 'WEB_ORIGIN is missing or malformed'],
  'an origin without TLS': [{ WEB_ORIGIN: 'http://bank.example.com' }, 'WEB_ORIGIN is missing or malformed'],
  'an API that ends in a slash': [{ API_URL: `${COMPLETE.API_URL}/` }, 'API_URL is missing or malformed'],
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
  const { status, stderr } = spawnSync(process.execPath, [script], { env: { PATH: process.env.PATH }, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 2);
  assert.match(stderr, /^deploy: AUTH0_DOMAIN is missing or malformed; /);
});
