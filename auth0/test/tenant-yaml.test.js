/** How tenant.yaml is read, and what is refused. */

import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { backChannelKeywords } from '../local/approvals-key.js';
import { dpopKeywords } from '../local/dpop-setting.js';
import { clientId, loadTenant } from '../local/tenant.js';
import { newKey } from './harness/approvals.js';
import { Browser, FILES, startWorld } from './harness/world.js';

const KEYWORDS = {
  WEB_ORIGIN: 'https://app.example.com', API_URL: 'https://api.example.com', TENANT_URL: 'https://tenant.example.com/',
  BRIDGE_CLIENT_ID: 'bridge-id', BRIDGE_CLIENT_SECRET: 'bridge-secret',
  APPROVAL_SECRET: 'approval-secret', APPROVAL_SECRET_PREVIOUS: 'none', APPROVAL_BINDING: 'optional',
  ...dpopKeywords('required'),
  ...backChannelKeywords(newKey().pem),
};
const ORIGINAL = readFileSync(FILES.tenant, 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'tenant-'));
after(() => rmSync(folder, { recursive: true }));

/** tenant.yaml with one text replaced by another, beside copies of the Actions. */
function edited(from, to) {
  assert.ok(ORIGINAL.includes(from), `tenant.yaml has no ${from}`);
  mkdirSync(path.join(folder, 'actions'), { recursive: true });
  for (const name of ['step-up', 'step-up-guard', 'login-bridge']) {
    const file = `actions/${name}.js`;
    writeFileSync(path.join(folder, file), readFileSync(path.join(path.dirname(FILES.tenant), file)));
  }
  const file = path.join(folder, 'tenant.yaml');
  writeFileSync(file, ORIGINAL.replace(from, to));
  return file;
}

describe('tenant.yaml', () => {
  it('is filled in and read whole', () => {
    const tenant = loadTenant(FILES.tenant, KEYWORDS);
    assert.deepEqual(tenant.clients[0].callbacks, ['https://app.example.com', 'https://app.example.com/callback']);
    const bridge = tenant.actions.find(({ name }) => name === 'login-bridge');
    assert.equal(bridge.secrets.find(({ name }) => name === 'BRIDGE_CLIENT_SECRET').value, 'bridge-secret');
    assert.match(bridge.code, /onExecutePostLogin/);
    assert.deepEqual(
      tenant.triggers['post-login'].map((item) => item.action_name),
      ['step-up', 'step-up-guard', 'login-bridge'],
    );
  });

  it('has neither the client nor the type of the back channel without its setting', () => {
    const { clients, clientGrants, resourceServers, databases } =
      loadTenant(FILES.tenant, { ...KEYWORDS, ...backChannelKeywords() });
    assert.deepEqual(clients.map(({ name }) => name), ['Drawbridge Web', 'Drawbridge Bridge']);
    assert.deepEqual(clientGrants.map(({ client_id: name }) => name), ['Drawbridge Web', 'Drawbridge Bridge']);
    assert.equal(resourceServers[0].authorization_details, undefined);
    assert.deepEqual(databases[0].enabled_clients, ['Drawbridge Web']);
  });

  it('gives each client an id like Auth0\'s that depends on its name alone', () => {
    const [web, bridge] = loadTenant(FILES.tenant, KEYWORDS).clients;
    assert.match(web.client_id, /^[A-Za-z0-9]{32}$/);
    assert.equal(web.client_id, clientId('Drawbridge Web'));
    assert.notEqual(web.client_id, bridge.client_id);
  });

  it('needs a value for each keyword', () => {
    const { API_URL: _, ...rest } = KEYWORDS;
    assert.throws(() => loadTenant(FILES.tenant, rest), /no value for ##API_URL##/);
  });
});

describe('tenant.yaml is refused by name', () => {
  const cases = {
    'for a misspelt key of a client': [
      'callbacks:',
      'callback_urls:',
      /clients\[Drawbridge Web\]\.callback_urls: unknown/,
    ],
    'for a key that the local tenant would ignore': [
      '    app_type: spa',
      '    app_type: spa\n    sso: true',
      /clients\[Drawbridge Web\]\.sso: unknown/,
    ],
    'for a section that it does not know': ['guardianPolicies:', 'roles: []\nguardianPolicies:', /  roles: unknown/],
    'for a missing key': [
      '    token_lifetime: 900\n',
      '',
      /resourceServers\[Drawbridge Banking API\]\.token_lifetime: missing/,
    ],
    'for a value of the wrong kind': [
      'token_lifetime: 900',
      'token_lifetime: "900"',
      /token_lifetime: "900" is not a whole number/,
    ],
    'for an algorithm that we do not sign with': [
      'signing_alg: RS256',
      'signing_alg: HS256',
      /signing_alg: "HS256" is not "RS256"/,
    ],
    'for RBAC': ['enforce_policies: false', 'enforce_policies: true', /enforce_policies: true is not false/],
    'if challengeWith would fail': [
      'customize_mfa_in_postlogin_action: true',
      'customize_mfa_in_postlogin_action: false',
      /customize_mfa_in_postlogin_action/,
    ],
    'for an Action with dependencies': [
      'dependencies: []',
      'dependencies: [{name: axios, version: 1.0.0}]',
      /actions\[step-up\]\.dependencies/,
    ],
    'for a runtime that is not Node 22': [
      'runtime: node22',
      'runtime: node18',
      /actions\[step-up\]\.runtime: "node18"/,
    ],
    'for a trigger that is not modelled': [
      'id: post-login',
      'id: pre-user-registration',
      /supported_triggers\[0\]\.id/,
    ],
    'for an Action that does not exist': [
      'action_name: step-up-guard',
      'action_name: step-up-gard',
      /triggers: no Action "step-up-gard"/,
    ],
    'for a grant to a client that does not exist': [
      'client_id: Drawbridge Web',
      'client_id: Drawbridge Wep',
      /clientGrants: no client "Drawbridge Wep"/,
    ],
    'for a grant of a scope that does not exist': [
      'scope: ["create:session"]',
      'scope: ["create:sessions"]',
      /has no scope "create:sessions"/,
    ],
    'for a grant at an API that does not exist': [
      'audience: https://my-banking-api',
      'audience: https://my-api',
      /no resource server "https:\/\/my-api"/,
    ],
    'for a database of unknown clients': [
      '- Drawbridge Web',
      '- Web',
      /databases: no client "Web"/,
    ],
    'for a client that authenticates in no way': [
      '    token_endpoint_auth_method: none\n', '', /"Drawbridge Web" must authenticate in one way/,
    ],
    'for a client that authenticates in two ways': [
      '    client_authentication_methods:',
      '    token_endpoint_auth_method: client_secret_post\n##BACK_CHANNEL##    client_authentication_methods:',
      /"Drawbridge Approvals" must authenticate in one way/,
    ],
    'for a public client with the CIBA grant': [
      '[authorization_code, ',
      '["urn:openid:params:grant-type:ciba", authorization_code, ',
      /"Drawbridge Web" has the CIBA grant and is public/,
    ],
    'for approvals by e-mail': ['[guardian-push]', '[email]', /async_approval_notification_channels\[0\]/],
    'for approvals by no channel': ['[guardian-push]', '[]', /has no channel to ask by/],
    'for a grant of a type of details that does not exist': [
      'authorization_details_types: ["urn:auth0:schemas:authorization-details:v1:transfer"]',
      'authorization_details_types: ["urn:auth0:schemas:authorization-details:v1:transfers"]',
      /has no type "urn:auth0:schemas:authorization-details:v1:transfers"/,
    ],
    "for a type that Auth0's app does not display": [
      '- type: urn:auth0:schemas:authorization-details:v1:transfer', '- type: transfer', /authorization_details\[0\]/,
    ],
    'for an Action without its file': [
      './actions/step-up.js',
      './actions/stepup.js',
      /cannot read the code of the Action step-up/,
    ],
    'if it is not YAML': ['tenant:', 'tenant: [', /cannot read the tenant/],
  };
  for (const [title, [from, to, message]] of Object.entries(cases)) {
    it(title, () => {
      const file = edited(from, to);
      assert.throws(() => loadTenant(file, KEYWORDS), (error) => error.expected && message.test(error.message));
    });
  }
});

describe('what tenant.yaml says holds', () => {
  /** A login at a tenant made of an edited file. */
  async function login(from, to, scope = 'openid view:balance transfer:funds') {
    const world = await startWorld({ tenant: edited(from, to) });
    try {
      const answer = await world.codeFlow(new Browser(), { scope });
      return answer.access_token?.includes('.') ? { answer, token: await world.read(answer.access_token) } : { answer };
    } finally {
      await world.stop();
    }
  }

  it('token_dialect access_token: typ JWT, azp, no jti', async () => {
    const { header, claims } = (await login('rfc9068_profile', 'access_token')).token;
    assert.equal(header.typ, 'JWT');
    assert.equal(claims.azp, clientId('Drawbridge Web'));
    assert.deepEqual([claims.jti, claims.client_id], [undefined, undefined]);
  });

  it('token_lifetime', async () => {
    const { claims } = (await login('token_lifetime: 900', 'token_lifetime: 60')).token;
    assert.equal(claims.exp - claims.iat, 60);
  });

  it('a client grant without the scope', async () => {
    const { answer } = await login('scope: ["view:balance", "transfer:funds"]', 'scope: ["view:balance"]');
    assert.equal(answer.scope, 'openid view:balance');
  });

  it('no client grant at all', async () => {
    const { answer } = await login('subject_type: user', 'subject_type: client');
    assert.match(answer.error.error_description, /Client is not authorized to access resource server/);
  });

  it('the trigger\'s order: without step-up the guard still lets nothing pass', async () => {
    const step = '    - action_name: step-up\n      display_name: step-up\n';
    const { answer } = await login(step, '');
    assert.equal(answer.scope, 'openid view:balance');
  });

  it('the trigger\'s order: with the guard before step-up nothing passes either', async () => {
    const step = '    - action_name: step-up\n      display_name: step-up\n';
    const guard = '    - action_name: step-up-guard\n      display_name: step-up-guard\n';
    const { answer } = await login(step + guard, guard + step);
    assert.equal(answer.scope, 'openid view:balance');
  });

  it('allow_offline_access: false gives no refresh token', async () => {
    const { answer } = await login(
      'allow_offline_access: true',
      'allow_offline_access: false',
      'openid offline_access view:balance',
    );
    assert.equal(answer.status, 200);
    assert.equal(answer.refresh_token, undefined);
  });
});
