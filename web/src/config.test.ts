import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, loadConfig, parseConfig } from './config.ts';

const local = {
  issuer: 'http://localhost:3001/',
  client_id: 'abc',
  audience: 'https://my-banking-api',
  api: 'http://localhost:3000',
};

test('the local stack is a configuration', () => {
  assert.deepEqual(parseConfig(local), {
    issuer: 'http://localhost:3001/',
    clientId: 'abc',
    audience: 'https://my-banking-api',
    api: 'http://localhost:3000',
  });
});

test('an issuer gets its trailing slash and an API loses it', () => {
  const config = parseConfig({ ...local, issuer: 'https://bank.eu.auth0.com', api: 'https://api.bank.example/prod/' });
  assert.equal(config.issuer, 'https://bank.eu.auth0.com/');
  assert.equal(config.api, 'https://api.bank.example/prod');
});

test('every problem is named at once', () => {
  assert.throws(
    () => parseConfig({ issuer: 'nonsense' }),
    (error: Error) => {
      assert.ok(error instanceof ConfigError);
      for (const name of ['issuer', 'client_id', 'audience', 'api'])
        assert.match(error.message, new RegExp(`"${name}"`));
      return true;
    },
  );
});

test('tokens never go to another machine over plain http', () => {
  for (const api of [
    'http://bank.example',
    'http://localhost.bank.example',
    'ftp://localhost',
    'https://user:pw@bank.example',
    'https://bank.example/?x=1',
  ]) {
    assert.throws(() => parseConfig({ ...local, api }), ConfigError, api);
  }
});

test('a file that is missing or no JSON is named', async () => {
  const answer = (body: string, status: number) =>
    loadConfig((async () => new Response(body, { status })) as typeof fetch);
  await assert.rejects(answer('no', 404), /\/config\.json could not be read: it answered 404/);
  await assert.rejects(answer('<!doctype html>', 200), /\/config\.json could not be read/);
  await assert.rejects(answer('[]', 200), /not a JSON object/);
});
