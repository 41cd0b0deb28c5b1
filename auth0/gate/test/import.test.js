/**
 * A real a0deploy, run by deploy.js as `make tenant` runs it, imports tenant.yaml into a new tenant: the fake
 * Management API, which knows Auth0's documentation of these endpoints and nothing of the deploy CLI.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { APPROVALS_KEY, KEYWORDS, TENANT } from '../bank.js';
import { newKey } from '../../test/harness/approvals.js';
import { startManagementApi } from '../fake/management.js';
import { typeErrors } from '../type-errors.js';

const GATE = path.resolve(import.meta.dirname, '..');
const { WEB_ORIGIN, API_URL, APPROVAL_SECRET, APPROVAL_BINDING } = KEYWORDS;
const API = 'https://my-banking-api';
/** A run takes half a minute; on a machine that is busy with other things, minutes. */
const LIMIT = 180_000;

/** What makes a0deploy quick, for the runs after the first: see quick-schema.cjs. */
const QUICK = [`--require=${GATE}/quick-schema.cjs`];

/** Settings of the deploy CLI that make a dry run write and delete, left in the environment from some other work. */
const STRAY = { AUTH0_DRY_RUN_APPLY: 'true', AUTH0_ALLOW_DELETE: 'true' };

/** Runs deploy.js against the fake. */
async function deploy(api, flags = [], options = [], stray = {}) {
  const child = spawn(process.execPath, [...options, path.join(GATE, 'deploy.js'), ...flags], {
    env: {
      PATH: process.env.PATH,
      ...api.environment,
      WEB_ORIGIN,
      API_URL,
      APPROVAL_SECRET,
      APPROVAL_BINDING,
      DPOP: 'allowed',
      APPROVALS_CLIENT_PUBLIC_KEY: APPROVALS_KEY,
      ...stray,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** The rows of a dry run's table: {resource, status, name}. */
function proposals(output) {
  let resource;
  return [...output.matchAll(/^│ (.*?) +│ (CREATE|UPDATE|DELETE \*) +│ (.*?) +│$/gm)].map(([, first, status, name]) => {
    resource = first.trim() || resource;
    return { resource, status, name };
  });
}

/** All that the tenant holds, but for the time of the last change and the ids of bindings, which are made anew. */
function settled(tenant) {
  const { bindings, ...rest } = tenant;
  const order = [...bindings].map(([trigger, list]) => [trigger, list.map((binding) => binding.action.name)]);
  return JSON.parse(JSON.stringify({ ...rest, order }, (key, value) => {
    if (key === 'updated_at') return undefined;
    return value instanceof Map || value instanceof Set ? [...value] : value;
  }));
}

describe('deploy.js, at a new tenant,', () => {
  let api;
  let imported;
  let sent;
  let planned;

  before(async () => {
    api = await startManagementApi();
    imported = await deploy(api);
    sent = [...api.requests];
    planned = await deploy(api, ['--dry-run'], QUICK, STRAY);
  });
  after(async () => {
    await api.close();
    const refused = once(connect(Number(api.domain.split(':')[1]), '127.0.0.1'), 'error');
    assert.equal((await refused)[0].code, 'ECONNREFUSED', 'the port is given back');
  });

  it('imports it all', () => {
    assert.equal(imported.code, 0, imported.output);
    assert.match(imported.output, /Import Successful/);
    assert.deepEqual(sent.filter(({ route, status }) => !route || status >= 300), []);
  });

  it('sends what the types of Auth0\'s package allow, and nothing else', () => {
    const bodies = sent.filter(({ body }) => body !== undefined);
    assert.deepEqual(bodies.filter(({ type }) => !type), []);
    assert.deepEqual(typeErrors(bodies.map(({ type, body }) => [`Requests['${type}']`, body]), 'tenant').flat(), []);
  });

  it('sets up the API with its scopes and lifetimes', () => {
    const server = api.tenant.named('servers', 'Drawbridge Banking API');
    assert.deepEqual([server.identifier, server.token_dialect, server.signing_alg], [API, 'rfc9068_profile', 'RS256']);
    assert.deepEqual([server.token_lifetime, server.token_lifetime_for_web], [900, 900]);
    assert.deepEqual(
      server.scopes.map(({ value }) => value),
      ['view:balance', 'transfer:funds', 'create:session'],
    );
    assert.deepEqual(server.subject_type_authorization, {
      user: { policy: 'require_client_grant' },
      client: { policy: 'require_client_grant' },
    });
  });

  it('binds tokens to the keys of apps that prove one', () => {
    const { proof_of_possession: policy } = api.tenant.named('servers', 'Drawbridge Banking API');
    assert.deepEqual(policy, { mechanism: 'dpop', required: false });
  });

  it('grants each client its scopes by its id', () => {
    const grants = [...api.tenant.grants.values()].filter(({ audience }) => audience === API);
    assert.deepEqual(
      grants
        .map(({ client_id: id, subject_type: subject, scope }) => [api.tenant.clients.get(id).name, subject, scope])
        .sort(),
      [
        ['Drawbridge Approvals', 'user', ['transfer:funds']],
        ['Drawbridge Bridge', 'client', ['create:session']],
        ['Drawbridge Web', 'user', ['view:balance', 'transfer:funds']],
      ],
    );
  });

  it('fills in the origins of the app', () => {
    const web = api.tenant.named('clients', 'Drawbridge Web');
    assert.deepEqual(web.callbacks, [WEB_ORIGIN, `${WEB_ORIGIN}/callback`]);
    assert.deepEqual([web.web_origins, web.allowed_logout_urls], [[WEB_ORIGIN], [WEB_ORIGIN]]);
  });

  it('opens the database to the app, and keeps what the connection had', () => {
    const database = api.tenant.named('connections', 'Username-Password-Authentication');
    assert.deepEqual(database.options, {
      mfa: { active: true },
      passwordPolicy: 'good',
      brute_force_protection: true,
      disable_signup: true,
      disable_self_service_change_password: false,
    });
    assert.deepEqual(
      [...api.tenant.enabledClients.get(database.id)].sort(),
      ['Drawbridge Web', 'Drawbridge Approvals'].map((name) => api.tenant.named('clients', name).client_id).sort(),
    );
  });

  it('deploys the Actions as they lie in the repository and binds them in order', () => {
    for (const action of api.tenant.actions.values()) {
      assert.equal(action.code, readFileSync(path.join(path.dirname(TENANT), 'actions', `${action.name}.js`), 'utf8'));
      assert.deepEqual([action.runtime, action.all_changes_deployed], ['node22', true]);
    }
    assert.deepEqual(
      api.tenant.bindings.get('post-login').map(({ action }) => action.name),
      ['step-up', 'step-up-guard', 'login-bridge'],
    );
  });

  it('gives login-bridge the secret that the tenant made, once, and shows it nowhere', () => {
    const bridges = [...api.tenant.clients.values()].filter(({ name }) => name === 'Drawbridge Bridge');
    assert.equal(bridges.length, 1);
    const [{ client_id: id, client_secret: secret }] = bridges;
    assert.deepEqual(api.tenant.secrets.get(api.tenant.named('actions', 'login-bridge').id), {
      TENANT_URL: `https://${api.domain}/`, API_URL, BRIDGE_CLIENT_ID: id, BRIDGE_CLIENT_SECRET: secret,
    });
    assert.ok(
      ![imported, planned].some(
        ({ output }) => output.includes(secret) || output.includes(api.tenant.deployer.client_secret),
      ),
    );
  });

  it('gives step-up the secrets that it verifies transfer texts with', () => {
    const { id } = api.tenant.named('actions', 'step-up');
    assert.deepEqual(api.tenant.secrets.get(id), {
      APPROVAL_SECRET,
      APPROVAL_SECRET_PREVIOUS: 'none',
      APPROVAL_BINDING,
    });
    assert.ok(![imported, planned].some(({ output }) => output.includes(APPROVAL_SECRET)));
  });

  it('sets up the back channel: a client with a key and no secret, the type of its details, the right to ask', () => {
    const client = api.tenant.named('clients', 'Drawbridge Approvals');
    const [credential, ...more] = api.tenant.credentials.get(client.client_id);
    assert.deepEqual(more, []);
    const { private_key_jwt: method } = client.client_authentication_methods;
    assert.deepEqual(method, { credentials: [{ id: credential.id }] });
    assert.equal(client.token_endpoint_auth_method, null);
    assert.deepEqual(
      [client.grant_types, client.async_approval_notification_channels],
      [['urn:openid:params:grant-type:ciba'], ['guardian-push']],
    );
    const type = 'urn:auth0:schemas:authorization-details:v1:transfer';
    assert.deepEqual(api.tenant.named('servers', 'Drawbridge Banking API').authorization_details, [{ type }]);
    const grant = [...api.tenant.grants.values()].find(({ client_id: id }) => id === client.client_id);
    assert.deepEqual(grant.authorization_details_types, [type]);
    assert.match(imported.output, new RegExp(` ApprovalsClientId=${client.client_id} `));
  });

  it('names for the stack the client whose id_tokens its login takes, and the issuer', () => {
    const { client_id: web } = api.tenant.named('clients', 'Drawbridge Web');
    assert.match(imported.output, new RegExp(`BridgeClientIds=${web} TokenIssuers=https://${api.domain}/ `));
  });

  it('switches on push alone, asks at no login by itself, and lets Actions challenge', () => {
    assert.deepEqual(
      [...api.tenant.factors.values()].filter(({ enabled }) => enabled).map(({ name }) => name),
      ['push-notification'],
    );
    assert.deepEqual(api.tenant.policies, []);
    assert.deepEqual(
      [api.tenant.settings.customize_mfa_in_postlogin_action, api.tenant.settings.session_lifetime],
      [true, 12],
    );
  });

  it('deletes nothing', () => {
    assert.deepEqual(sent.filter(({ method }) => method === 'DELETE'), []);
    assert.ok(api.tenant.named('clients', 'Default App'));
  });

  it('leaves nothing to change: a dry run proposes only to delete what is not ours, and does nothing', () => {
    assert.equal(planned.code, 0, planned.output);
    assert.deepEqual(proposals(planned.output), [
      { resource: 'Clients', status: 'DELETE *', name: 'Deploy CLI' },
      { resource: 'Clients', status: 'DELETE *', name: 'Default App' },
    ]);
    const dry = api.requests.slice(sent.length);
    assert.deepEqual(dry.filter(({ method, route }) => method !== 'GET' || !route), []);
  });

  it('changes nothing when it runs again', async () => {
    const before = settled(api.tenant);
    const { code, output } = await deploy(api, [], QUICK);
    assert.equal(code, 0, output);
    assert.deepEqual(settled(api.tenant), before);
  });

  it('accepts two keys of the bank while one takes the place of the other, and then the new one alone', async () => {
    const { client_id: id } = api.tenant.named('clients', 'Drawbridge Approvals');
    const next = newKey().pem;
    const enabled = () => api.tenant.clients.get(id).client_authentication_methods.private_key_jwt.credentials;
    const both = await deploy(api, [], QUICK, { APPROVALS_CLIENT_PUBLIC_KEY: APPROVALS_KEY + next });
    assert.equal(both.code, 0, both.output);
    assert.equal(enabled().length, 2);
    const one = await deploy(api, [], QUICK, { APPROVALS_CLIENT_PUBLIC_KEY: next });
    assert.equal(one.code, 0, one.output);
    const [, { id: newest }] = api.tenant.credentials.get(id);
    assert.deepEqual(enabled(), [{ id: newest }]);
  });

  it('sends nothing for a third key, which would cost the two', async () => {
    const before = api.requests.length;
    const { code, output } = await deploy(api, [], QUICK, { APPROVALS_CLIENT_PUBLIC_KEY: newKey().pem });
    assert.equal(code, 1);
    assert.match(output, /^deploy: "Drawbridge Approvals" has no room for the key: delete [\w-]+ or [\w-]+ first/);
    assert.deepEqual(api.requests.slice(before).filter(({ method }) => method !== 'GET'), []);
  });

  it('says so when Auth0 takes no key, where the deploy CLI only warns', async () => {
    const { client_id: id } = api.tenant.named('clients', 'Drawbridge Approvals');
    api.tenant.credentials.set(id, []);
    Object.assign(api.tenant.clients.get(id), {
      client_authentication_methods: null, token_endpoint_auth_method: 'client_secret_post',
    });
    api.tenant.maxCredentials = 0;
    const { code, output } = await deploy(api, [], QUICK);
    assert.equal(code, 1, output);
    assert.match(output, /Import Successful/);
    assert.match(output, /deploy: "Drawbridge Approvals" has not the keys that it was given/);
    api.tenant.maxCredentials = 2;
  });

  it('would see a change that somebody made at the dashboard', async () => {
    api.tenant.named('servers', 'Drawbridge Banking API').token_lifetime = 86400;
    const { output } = await deploy(api, ['--dry-run'], QUICK);
    assert.deepEqual(proposals(output).filter(({ status }) => status !== 'DELETE *'), [
      { resource: 'ResourceServers', status: 'UPDATE', name: 'Drawbridge Banking API' },
    ]);
  });

  it('binds no token any more once DPOP is off', async () => {
    const { code, output } = await deploy(api, [], QUICK, { DPOP: 'off' });
    assert.equal(code, 0, output);
    assert.equal(api.tenant.named('servers', 'Drawbridge Banking API').proof_of_possession, null);
  });
});
