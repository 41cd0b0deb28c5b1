/** What /oauth/token and /oauth/revoke refuse, by Auth0's codes, texts and statuses. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { AUDIENCE, Browser, CALLBACK, newPkce, readCallback, startWorld } from './harness/world.js';

const GRANT = 'You need to create a "client-grant" associated to this API.'
  + ' See: https://auth0.com/docs/api/management/v2/client-grants/post-client-grants';

let world;
let machine;
before(async () => {
  world = await startWorld();
  machine = {
    grant_type: 'client_credentials', audience: AUDIENCE,
    client_id: world.bridge.client_id, client_secret: world.tenant.secretOf('Drawbridge Bridge'),
  };
});
after(() => world.stop());

const app = () => ({ client_id: world.clientId });
async function newCode() {
  const { verifier, parameters } = newPkce();
  const page = await world.authorize(new Browser(), {
    response_type: 'code',
    scope: 'openid offline_access',
    ...parameters,
  });
  return {
    code: readCallback(page.url).code,
    code_verifier: verifier,
    grant_type: 'authorization_code',
    redirect_uri: CALLBACK,
    ...app(),
  };
}

/** title: [request, status, error, text] */
const REFUSALS = {
  'an unknown client': [() => ({ ...machine, client_id: 'nobody' }), 401, 'access_denied', 'Unauthorized'],
  'no client': [() => ({ grant_type: 'client_credentials' }), 401, 'access_denied', 'Unauthorized'],
  'a wrong secret': [() => ({ ...machine, client_secret: 'guessed' }), 401, 'access_denied', 'Unauthorized'],
  'no secret': [() => ({ ...machine, client_secret: undefined }), 401, 'access_denied', 'Unauthorized'],
  'a wrong secret, before anything else is judged': [
    () => ({
      client_id: machine.client_id,
      client_secret: 'guessed',
      grant_type: 'nonsense',
      audience: 'https://other',
    }),
    401,
    'access_denied',
    'Unauthorized',
  ],
  'no grant type': [app, 400, 'invalid_request', 'Missing required parameter: grant_type'],
  'a grant type that Auth0 does not have': [
    () => ({ ...app(), grant_type: 'x' }),
    400,
    'unsupported_grant_type',
    'Grant type not supported',
  ],
  'a grant type that the client does not have': [
    () => ({ ...app(), grant_type: 'password' }),
    403,
    'unauthorized_client',
    "Grant type 'password' not allowed for the client.",
  ],
  'no code': [
    () => ({ ...app(), grant_type: 'authorization_code' }),
    400,
    'invalid_request',
    'Missing required parameter: code',
  ],
  'an invented code': [
    async () => ({ ...(await newCode()), code: 'invented' }), 403, 'invalid_grant', 'Invalid authorization code',
  ],
  'another verifier': [
    async () => ({ ...(await newCode()), code_verifier: newPkce().verifier }),
    403,
    'invalid_grant',
    'Failed to verify code verifier',
  ],
  'no verifier': [
    async () => ({ ...(await newCode()), code_verifier: undefined }),
    403,
    'invalid_grant',
    'Failed to verify code verifier',
  ],
  'another redirect_uri': [
    async () => ({ ...(await newCode()), redirect_uri: 'http://localhost:3002' }), 403, 'unauthorized_client',
    `The redirect URI is wrong. You sent http://localhost:3002, and we expected ${CALLBACK}`,
  ],
  'no refresh token': [
    () => ({ ...app(), grant_type: 'refresh_token' }),
    400,
    'invalid_request',
    'Missing required parameter: refresh_token',
  ],
  'an invented refresh token': [
    () => ({ ...app(), grant_type: 'refresh_token', refresh_token: 'x' }),
    403,
    'invalid_grant',
    'Unknown or invalid refresh token.',
  ],
  'an unknown audience': [
    () => ({ ...machine, audience: 'https://other' }),
    403,
    'access_denied',
    'Service not found: https://other',
  ],
  'no audience': [
    () => ({ ...machine, audience: undefined }),
    400,
    'invalid_request',
    'Missing required parameter: audience',
  ],
  'a scope that was not granted': [
    () => ({ ...machine, scope: 'create:session transfer:funds' }),
    403,
    'access_denied',
    'Client has not been granted scopes: transfer:funds',
  ],
};

describe('/oauth/token refuses', () => {
  for (const [title, [request, status, error, text]] of Object.entries(REFUSALS)) {
    it(title, async () => {
      const form = JSON.parse(JSON.stringify(await request()));
      assert.deepEqual(await world.token(form), { status, error, error_description: text });
    });
  }

  it('a code that was used', async () => {
    const request = await newCode();
    assert.equal((await world.token(request)).status, 200);
    assert.deepEqual(await world.token(request), {
      status: 403,
      error: 'invalid_grant',
      error_description: 'Invalid authorization code',
    });
  });

  it('a machine without a client grant', async () => {
    const { readFileSync, writeFileSync, mkdtempSync, cpSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/no-grant-');
    const source = new URL('../', import.meta.url);
    cpSync(new URL('actions', source), `${folder}/actions`, { recursive: true });
    const yaml = readFileSync(new URL('tenant.yaml', source), 'utf8').replace(
      'subject_type: client',
      'subject_type: user',
    );
    writeFileSync(`${folder}/tenant.yaml`, yaml);
    const other = await startWorld({ tenant: `${folder}/tenant.yaml` });
    const answer = await other.token(machine);
    await other.stop();
    rmSync(folder, { recursive: true });
    assert.deepEqual(answer, {
      status: 403,
      error: 'access_denied',
      error_description: `Client is not authorized to access "${AUDIENCE}". ${GRANT}`,
    });
  });

  it('a secret in the header for a client that has it in the body', async () => {
    const { client_id: id, client_secret: secret, ...form } = machine;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const response = await fetch(world.url('oauth/token'), {
      method: 'POST', headers: { authorization }, body: new URLSearchParams(form),
    });
    assert.equal(response.status, 401);
  });
});

describe('/oauth/revoke', () => {
  const revoke = (body) => fetch(world.url('oauth/revoke'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });

  it('takes JSON, and the token is dead from then on', async () => {
    const { refresh_token: token } = await world.token(await newCode());
    const response = await revoke({ ...app(), token });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    const dead = await world.refresh(token);
    assert.deepEqual([dead.status, dead.error_description], [403, 'Unknown or invalid refresh token.']);
  });

  it('answers 200 for a token that is unknown', async () => {
    assert.equal((await revoke({ ...app(), token: 'invented' })).status, 200);
  });

  it('refuses an unknown client, and a request without a token', async () => {
    assert.equal((await revoke({ client_id: 'nobody', token: 'x' })).status, 401);
    assert.equal((await revoke(app())).status, 400);
  });

  it('leaves alone what is another client\'s', async () => {
    const { refresh_token: token } = await world.token(await newCode());
    await revoke({ client_id: machine.client_id, client_secret: machine.client_secret, token });
    assert.equal((await world.refresh(token)).status, 200);
  });
});
