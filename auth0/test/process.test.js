/** The process as the runner starts it: its ready line, its end, what it keeps, and its words when it cannot start. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SECRET } from './harness/transfer.js';
import { ALICE, AUDIENCE, Browser, CALLBACK, FILES, WEB } from './harness/world.js';

const MAIN = fileURLToPath(new URL('../local/main.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'tenant-'));
after(() => rmSync(folder, { recursive: true }));

function start(overrides = {}, environment = {}) {
  const options = { port: '0', ...FILES, api: 'http://localhost:1', web: WEB, ...overrides };
  const args = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe', env: { ...process.env, ...environment } });
  child.errors = '';
  child.stderr.on('data', (chunk) => { child.errors += chunk; });
  child.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.ended = once(child, 'exit').then(([code]) => code);
  return child;
}

const ready = async (child) => JSON.parse((await child.lines.next()).value);

describe('the process', () => {
  it('prints one line of JSON when it listens, and nothing else', async () => {
    const child = start();
    const line = await ready(child);
    assert.equal(line.event, 'ready');
    assert.match(line.issuer, /^http:\/\/localhost:\d+\/$/);
    assert.deepEqual(Object.keys(line), ['event', 'issuer', 'clients']);
    assert.deepEqual(Object.keys(line.clients), ['Drawbridge Web', 'Drawbridge Bridge']);
    assert.equal((await fetch(`${line.issuer}.well-known/openid-configuration`)).status, 200);
    child.kill('SIGTERM');
    assert.equal(await child.ended, 0);
    assert.equal((await child.lines.next()).done, true);
    assert.equal(child.errors, '');
  });

  it('names the links that pair a phone, if one may be on the network', async (t) => {
    const child = start({ 'expose-phone-to-network': '0' });
    const line = await ready(child).catch(() => undefined);
    if (/no IPv4 address/.test(child.errors)) return t.skip('this computer is on no network');
    assert.match(line.phone_links[0], /^http:\/\/[\d.]+:\d+\/phone\/pair\/[a-z0-9]{26}$/);
    assert.equal((await fetch(line.phone_links[0])).status, 200);
    child.stdin.end();
    return child.ended;
  });

  it('takes the binding of approvals from its environment', async () => {
    for (const [binding, refused] of [['required', true], ['optional', false]]) {
      const child = start({}, { APPROVAL_SECRET: SECRET, APPROVAL_BINDING: binding });
      const { issuer, clients } = await ready(child);
      const browser = new Browser();
      const query = new URLSearchParams({
        response_type: 'id_token token',
        scope: 'openid transfer:funds',
        client_id: clients['Drawbridge Web'],
        nonce: 'n',
        audience: AUDIENCE,
        redirect_uri: CALLBACK,
      });
      const login = await browser.go(`${issuer}authorize?${query}`);
      const page = await browser.submit(login.url, { username: ALICE.username, password: ALICE.password });
      assert.equal(page.url.includes('error=access_denied'), refused, binding);
      child.stdin.end();
      await child.ended;
    }
  });

  it('ends when its stdin closes: it dies with its parent', async () => {
    const child = start();
    await ready(child);
    child.stdin.end();
    assert.equal(await child.ended, 0);
  });

  it('keeps its keys and secrets in --data, readable by their owner alone', async () => {
    const kid = async () => {
      const child = start({ data: path.join(folder, 'kept') });
      const { issuer } = await ready(child);
      const { keys } = await (await fetch(`${issuer}.well-known/jwks.json`)).json();
      child.stdin.end();
      await child.ended;
      return keys[0].kid;
    };
    assert.equal(await kid(), await kid());
    const file = path.join(folder, 'kept', 'tenant-secrets.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(JSON.parse(readFileSync(file)).cookie_key);
  });
});

describe('the process says why it cannot start', () => {
  async function refusal(overrides, environment) {
    const child = start(overrides, environment);
    assert.equal(await child.ended, 1);
    return child.errors;
  }

  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    assert.match(
      await refusal({ port: String(port) }),
      new RegExp(`^tenant: port ${port} is in use: stop what listens there`),
    );
    other.close();
  });

  it('a missing or malformed option', async () => {
    assert.match(await refusal({ users: undefined }), /^tenant: missing --users\nusage:/);
    assert.match(await refusal({ port: 'x' }), /--port x is not a port number/);
    assert.match(
      await refusal({ 'expose-phone-to-network': 'yes' }),
      /--expose-phone-to-network yes is not a port number/,
    );
    assert.match(await refusal({ web: 'http://localhost:3002/app' }), /--web .* is not an origin/);
    assert.match(await refusal({ api: 'localhost:3000' }), /--api localhost:3000 is not an http or https URL/);
    assert.match(await refusal({ colour: 'red' }), /Unknown option '--colour'[\s\S]*usage:/);
  });

  it('a malformed secret or binding, without saying the secret', async () => {
    const said = await refusal({}, { APPROVAL_SECRET: 'too-short' });
    assert.match(said, /^tenant: the variable APPROVAL_SECRET is malformed/);
    assert.ok(!said.includes('too-short'));
    assert.match(await refusal({}, { APPROVAL_BINDING: 'yes' }), /^tenant: the variable APPROVAL_BINDING is malformed/);
  });

  it('files that are not there, or not what they should be', async () => {
    assert.match(await refusal({ tenant: '/nowhere.yaml' }), /^tenant: cannot read the tenant: ENOENT/);
    assert.match(await refusal({ users: '/nowhere.yaml' }), /^tenant: cannot read the users: ENOENT/);
    const users = path.join(folder, 'users.yaml');
    writeFileSync(users, 'users: [{ user_id: a, email: b }]');
    assert.match(await refusal({ users }), /users\[0\] has no email_verified, name, password, connection/);
  });

  it('a data folder whose file is corrupt', async () => {
    writeFileSync(path.join(folder, 'tenant-secrets.json'), '{"cookie');
    assert.match(await refusal({ data: folder }), /cannot use .*tenant-secrets\.json: .* Remove it to start afresh\./);
  });
});
