/** tenant.yaml and the Actions as they are pass; each of many ways to get them wrong does not. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { KEYWORDS, TENANT } from '../bank.js';
import { inspect } from '../gate.js';
import { dpopKeywords } from '../../local/dpop-setting.js';

const workplace = mkdtempSync(path.join(tmpdir(), 'tenant-gate-'));
after(() => rmSync(workplace, { recursive: true }));

/** A copy of tenant.yaml and its Actions in which, in each of the named files, one text is replaced by another. */
function edited(edits) {
  const folder = mkdtempSync(path.join(workplace, 'edited-'));
  for (const name of ['tenant.yaml', 'actions']) {
    cpSync(path.join(path.dirname(TENANT), name), path.join(folder, name), { recursive: true });
  }
  for (const [name, from, to] of edits) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes(from), `${name} has no ${from}`);
    writeFileSync(file, text.replace(from, to));
  }
  return path.join(folder, 'tenant.yaml');
}

const yaml = (from, to) => ['tenant.yaml', from, to];
const BOUND_GUARD = '    - action_name: step-up-guard\n      display_name: step-up-guard\n';
const BOUND_STEP_UP = '    - action_name: step-up\n      display_name: step-up\n';

/** tenant.yaml as it is without the setting of the back channel. */
function withoutBackChannel() {
  const file = edited([]);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('##BACK_CHANNEL##', '#'));
  return file;
}

/** The check that must find it: {title: [its message, the edits]} */
const MUTATIONS = {
  types: {
    'a misspelt key of a client': [/"calbacks"/, yaml('    callbacks:', '    calbacks:')],
    'a misspelt key deep in a client': [
      /"lifetime_in_secs"/, yaml('lifetime_in_seconds: 900', 'lifetime_in_secs: 900'),
    ],
    'a misspelt option of the database': [/"disable_signups"/, yaml('disable_signup: true', 'disable_signups: true')],
    'a misspelt key of an API': [
      /"token_lifetime_for_webs"/, yaml('token_lifetime_for_web: 900', 'token_lifetime_for_webs: 900'),
    ],
    'a kind of application that Auth0 does not know': [/"single_page"/, yaml('app_type: spa', 'app_type: single_page')],
    'a number written as a text': [/"900".*not assignable/, yaml('token_lifetime: 900', 'token_lifetime: "900"')],
    'a trigger that Auth0 does not know': [/"post-signin"/, yaml('- id: post-login', '- id: post-signin')],
    'an Action for a runtime of the past': [/"node18"/, yaml('runtime: node22', 'runtime: node18')],
  },
  cli: {
    'a policy that Auth0 does not know': [
      /subject_type_authorization/, yaml('policy: require_client_grant\n', 'policy: require_client_grants\n'),
    ],
    'a factor that Auth0 does not know': [
      /guardianFactors/, yaml('name: push-notification', 'name: push-notifications'),
    ],
    'an API without an identifier': [/identifier/, yaml('    identifier: https://my-banking-api\n', '')],
    'a section that the deploy CLI does not know': [/guardianFactor/, yaml('guardianFactors:', 'guardianFactor:')],
    'the same client twice': [/same name/, yaml('name: Drawbridge Bridge', 'name: Drawbridge Web')],
    'an Action whose file is not there': [/stepup\.js/, yaml('./actions/step-up.js', './actions/stepup.js')],
    'text that is not YAML': [/Problem loading/, yaml('tenant:', 'tenant: [')],
    'a proof of possession by a mechanism that Auth0 does not know': [
      /proof_of_possession/, yaml('##PROOF_OF_POSSESSION##', 'proof_of_possession: {mechanism: pop, required: true}'),
    ],
    'a channel that Auth0 does not know': [/async_approval/, yaml('[guardian-push]', '[guardian-pushes]')],
  },
  loader: {
    'a grant type that does not exist': [
      /"authorisation_code" is not/, yaml('[authorization_code, ', '[authorisation_code, '),
    ],
  },
  references: {
    'a keyword that nobody fills in': [
      /##WEB_URL## is not filled in/, yaml('##WEB_ORIGIN##/callback', '##WEB_URL##/callback'),
    ],
    'a trigger that names an Action that does not exist': [
      /no Action "step-up-gard"/, yaml('action_name: step-up-guard', 'action_name: step-up-gard'),
    ],
    'the guard not bound': [/"step-up-guard" is not bound/, yaml(BOUND_GUARD, '')],
    'the guard bound before step-up': [/the order is/, yaml(BOUND_STEP_UP + BOUND_GUARD, BOUND_GUARD + BOUND_STEP_UP)],
    'an Action that is saved and not deployed': [/not deployed/, yaml('deployed: true', 'deployed: false')],
    'a grant to a client that does not exist': [
      /clientGrants: no client "Drawbridge Wep"/, yaml('client_id: Drawbridge Web', 'client_id: Drawbridge Wep'),
    ],
    'a grant at an API that does not exist': [
      /no resource server "https:\/\/my-bank"/, yaml('audience: https://my-banking-api', 'audience: https://my-bank'),
    ],
    'a grant of a scope that does not exist': [
      /has no scope "create:sessions"/, yaml('["create:session"]', '["create:sessions"]'),
    ],
    'a scope that nobody is granted': [
      /nobody is granted "view:balance"/, yaml('["view:balance", "transfer:funds"]', '["transfer:funds"]'),
    ],
    'money moved by a machine': [
      /a machine is granted "transfer:funds"/, yaml('["create:session"]', '["create:session", "transfer:funds"]'),
    ],
    'a database for a client that does not exist': [/databases: no client "Web"/, yaml('- Drawbridge Web', '- Web')],
    'demo users in a connection that does not exist': [
      /no connection "Username-Password-Authentication"/, yaml('name: Username-Password-Authentication', 'name: Users'),
    ],
    'push switched off': [
      /"push-notification", which is off/,
      yaml('name: push-notification\n    enabled: true', 'name: push-notification\n    enabled: false'),
    ],
    'a weaker factor switched on': [
      /"sms" is on/, yaml('name: sms\n    enabled: false', 'name: sms\n    enabled: true'),
    ],
    'a policy that asks at every login': [
      /"all-applications" would ask/, yaml('policies: []', 'policies: [all-applications]'),
    ],
    'challengeWith not allowed': [
      /challengeWith fails/,
      yaml('customize_mfa_in_postlogin_action: true', 'customize_mfa_in_postlogin_action: false'),
    ],
    'another dialect than the bank verifies': [
      /template\.yaml expects rfc9068_profile/, yaml('token_dialect: rfc9068_profile', 'token_dialect: access_token'),
    ],
    'another audience than the bank verifies': [
      /template\.yaml: no resource server/,
      yaml('identifier: https://my-banking-api', 'identifier: https://our-banking-api'),
    ],
    'implicit tokens that outlive the others': [
      /longer than token_lifetime/, yaml('token_lifetime_for_web: 900', 'token_lifetime_for_web: 7200'),
    ],
    'proofs required of the bridge, which sends none': [
      /requires proofs of clients that send none/,
      yaml('##PROOF_OF_POSSESSION##', 'proof_of_possession: {mechanism: dpop, required: true}'),
    ],
    'implicit tokens beside required proofs': [
      /"Drawbridge Web" may take tokens .* that are not bound/, yaml('##IMPLICIT##', 'implicit, '),
    ],
    'the app without its login_bridge mark': [
      /has no login_bridge mark/, yaml('login_bridge: "true"', 'login_bridge: "yes"'),
    ],
    'a mark that no Action reads': [
      /no Action reads "bridge_login"/, yaml('login_bridge: "true"', 'bridge_login: "true"'),
    ],
    'a secret that is not declared': [/reads the secret API_URL/, yaml('- name: API_URL', '- name: BANK_URL')],
    'an Action that guards another scope': [
      /guards "transfer:money"/, ['actions/step-up-guard.js', "SCOPE = 'transfer:funds'", "SCOPE = 'transfer:money'"],
    ],
    'an Action that calls another API': [
      /no resource server "https:\/\/our-api"/,
      ['actions/login-bridge.js', "AUDIENCE = 'https://my-banking-api'", "AUDIENCE = 'https://our-api'"],
    ],
    "a claim outside the API's namespace": [
      /in no API's namespace/, ['actions/step-up-guard.js', "'https://my-banking-api/mfa_at'", "'https://bank/mfa_at'"],
    ],
    'the client of the back channel without its mark': [
      /asks by the back channel, and step-up-guard knows the mark "back-channel"/,
      yaml('approvals: back-channel', 'login_bridge: "false"'),
    ],
    'the client of the back channel with another mark': [
      /asks by the back channel, and step-up-guard knows the mark "back-channel"/,
      yaml('approvals: back-channel', 'approvals: front-channel'),
    ],
    'a guard that knows another mark': [
      /step-up-guard knows the mark "backchannel"/,
      ['actions/step-up-guard.js', "APPROVALS = 'back-channel'", "APPROVALS = 'backchannel'"],
    ],
    'the app with the mark of the back channel': [
      /"Drawbridge Web" is marked approvals and has no CIBA grant/,
      yaml('login_bridge: "true"', 'login_bridge: "true"\n      approvals: back-channel'),
    ],
    'the app with the grant of the back channel': [
      /"Drawbridge Web" has other grants beside CIBA/,
      yaml('[authorization_code, ', '["urn:openid:params:grant-type:ciba", authorization_code, '),
    ],
    'the client of the back channel with another grant': [
      /"Drawbridge Approvals" has other grants beside CIBA/,
      yaml('["urn:openid:params:grant-type:ciba"]', '["urn:openid:params:grant-type:ciba", refresh_token]'),
    ],
    'the client of the back channel with a secret': [
      /has the CIBA grant and no key of its own/,
      yaml(
        [
          '##BACK_CHANNEL##    client_authentication_methods:',
          '##BACK_CHANNEL##      private_key_jwt:',
          '##BACK_CHANNEL##        credentials: ##APPROVALS_CREDENTIALS##',
        ].join('\n'),
        '##BACK_CHANNEL##    token_endpoint_auth_method: client_secret_post',
      ),
    ],
    'approvals by e-mail': [/must ask by push alone/, yaml('[guardian-push]', '[guardian-push, email]')],
    'a type of details that the API does not have': [
      /has no type "urn:auth0:schemas:authorization-details:v1:payment"/,
      yaml(
        'types: ["urn:auth0:schemas:authorization-details:v1:transfer"]',
        'types: ["urn:auth0:schemas:authorization-details:v1:payment"]',
      ),
    ],
    'a type of details that nobody is granted': [
      /nobody is granted the type "urn:auth0:schemas:authorization-details:v1:transfer"/,
      yaml(
        '##BACK_CHANNEL##    authorization_details_types: ["urn:auth0:schemas:authorization-details:v1:transfer"]',
        '',
      ),
    ],
    'a client in which another may act for a user': [
      /has session_transfer/,
      yaml(
        '    app_type: spa',
        '    app_type: spa\n    session_transfer: {delegation: {allow_delegated_access: true}}',
      ),
    ],
    'a client that takes a session from another app': [
      /has session_transfer/,
      yaml('    app_type: spa', '    app_type: spa\n    session_transfer: {allowed_authentication_methods: [query]}'),
    ],
    'a refresh-token policy that lists transfer:funds': [
      /refresh-token policy with "transfer:funds"/,
      yaml(
        '      leeway: 0',
        '      leeway: 0\n      policies: [{audience: "https://my-banking-api", scope: ["transfer:funds"]}]',
      ),
    ],
    'an Action after the guard that adds a scope': [
      /"login-bridge" runs after step-up-guard and calls addScope/,
      [
        'actions/login-bridge.js',
        '  if (!isBridgedLogin(event)) return;',
        "  api.accessToken['addScope']('transfer:funds');",
      ],
    ],
    'an Action that changes whose token it is': [
      /"step-up" calls setPrimaryUser/,
      [
        'actions/step-up.js',
        'const now = Date.now();',
        "const now = Date.now();\n  api.authentication.setPrimaryUser('auth0|2');",
      ],
    ],
    'an Action that says a method was used': [
      /"step-up-guard" calls recordMethod/,
      ['actions/step-up-guard.js', 'const approval = ', "api.authentication.recordMethod('x');\n  const approval = "],
    ],
    'a secret of step-up that is not declared': [
      /reads the secret APPROVAL_SECRET_PREVIOUS/,
      yaml('- name: APPROVAL_SECRET_PREVIOUS', '- name: APPROVAL_SECRET_OLD'),
    ],
    'Actions that disagree on what is interactive': [
      /differ in INTERACTIVE/, ['actions/step-up.js', ", 'oidc-implicit-profile'", ''],
    ],
    'an Action that exports another handler': [
      /does not export onExecutePostLogin/, ['actions/step-up.js', 'exports.onExecutePostLogin', 'exports.onPostLogin'],
    ],
  },
  actions: {
    'a member that the event does not have': [
      /'requested_scope' does not exist/,
      ['actions/step-up-guard.js', 'transaction.requested_scopes.includes', 'transaction.requested_scope.includes'],
    ],
    'an optional member read as if it were always there': [
      /possibly 'undefined'/, ['actions/step-up.js', 'event.transaction?.protocol', 'event.transaction.protocol'],
    ],
    'an api method that is not there': [
      /'dropScope' does not exist/,
      ['actions/step-up-guard.js', 'api.accessToken.removeScope', 'api.accessToken.dropScope'],
    ],
    'a challenge of a misspelt kind': [
      /not assignable/, ['actions/step-up.js', "FACTOR = 'push-notification'", "FACTOR = 'push_notification'"],
    ],
    'an option that the challenge does not have': [
      /'fallback' does not exist/, ['actions/step-up.js', 'otpFallback: false', 'fallback: false'],
    ],
    'an Action that is not JavaScript': [
      /expected/, ['actions/step-up.js', 'exports.onExecutePostLogin = async', 'exports.onExecutePostLogin = = async'],
    ],
  },
};

const mutations = Object.entries(MUTATIONS).flatMap(([check, byTitle]) =>
  Object.entries(byTitle).map(([title, [message, ...edits]]) => ({ title, check, message, file: edited(edits) })),
);
/** As tenant.yaml is with these values of DPOP. */
const modes = ['off', 'allowed'].map((dpop) =>
  edited(Object.entries(dpopKeywords(dpop)).map(([name, value]) => yaml(`##${name}##`, value))),
);
const passing = [TENANT, ...modes, withoutBackChannel()];
const inspected = inspect([...passing, ...mutations.map(({ file }) => file)], KEYWORDS);

describe('the gate', () => {
  it('lets tenant.yaml and its Actions pass, whatever DPOP says, and without the back channel', async () => {
    assert.deepEqual((await inspected).slice(0, passing.length), passing.map(() => []));
  });
});

describe('the gate is red for', () => {
  for (const [index, { title, check, message }] of mutations.entries()) {
    it(title, async () => {
      const findings = (await inspected)[index + passing.length];
      assert.ok(
        findings.some((finding) => finding.check === check && message.test(finding.message)),
        JSON.stringify(findings, undefined, 2),
      );
    });
  }
});
