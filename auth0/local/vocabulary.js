/**
 * What this tenant understands of tenant.yaml. auth0-deploy-cli knows far more; a key that this tenant does not act
 * upon would make the tenant on this machine differ from the deployed one without a word, so it is refused by name.
 *
 * A schema here is one of: a predicate with a `says` text, [schema] for a list, or an object of keys; a key ending in
 * "?" may be left out.
 */

import { Problem } from './problem.js';

const kind = (says, test) => Object.assign(test, { says });
const text = kind('a text', (value) => typeof value === 'string' && value !== '');
/** Auth0 takes `*` for a subdomain. Here an address is one address. */
const url = kind('one URL, without *', (value) => text(value) && URL.canParse(value) && !value.includes('*'));
const flag = kind('true or false', (value) => typeof value === 'boolean');
const count = kind('a whole number above 0', (value) => Number.isInteger(value) && value > 0);
const one = (...values) =>
  kind(values.map((value) => JSON.stringify(value)).join(' or '), (value) => values.includes(value));
const none = kind('an empty list', (value) => Array.isArray(value) && value.length === 0);
const texts = kind(
  'texts by name',
  (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
);

/** Of approval by the back channel: OpenID Connect CIBA, and the type of details that Auth0's Guardian app displays. */
export const CIBA = 'urn:openid:params:grant-type:ciba';
const GRANT_TYPES = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', CIBA];
const detailsType = kind('a type that the Guardian app displays', (value) =>
  text(value) && /^urn:auth0:schemas:authorization-details:v1:[\w-]+$/.test(value));
const accessPolicy = { policy: one('require_client_grant', 'allow_all', 'deny_all') };

const TENANT = {
  tenant: {
    friendly_name: text,
    // Off, challengeWith fails on Auth0: here the start fails.
    customize_mfa_in_postlogin_action: one(true),
    session_lifetime_in_minutes: count,
    'allowed_logout_urls?': [url],
  },
  resourceServers: [{
    name: text,
    identifier: text,
    signing_alg: one('RS256'),
    token_dialect: one('access_token', 'rfc9068_profile'),
    enforce_policies: one(false),
    allow_offline_access: flag,
    token_lifetime: count,
    token_lifetime_for_web: count,
    'skip_consent_for_verifiable_first_party_clients?': one(true),
    'proof_of_possession?': {
      mechanism: one('dpop'),
      required: flag,
      'required_for?': one('public_clients', 'all_clients'),
    },
    subject_type_authorization: { user: accessPolicy, client: accessPolicy },
    scopes: [{ value: text, description: text }],
    'authorization_details?': [{ type: detailsType }],
  }],
  clients: [{
    name: text,
    app_type: one('spa', 'regular_web', 'non_interactive'),
    oidc_conformant: one(true),
    is_first_party: one(true),
    'token_endpoint_auth_method?': one('none', 'client_secret_post', 'client_secret_basic'),
    'client_authentication_methods?': {
      private_key_jwt: { credentials: [{ name: text, credential_type: one('public_key'), pem: text }] },
    },
    grant_types: [one(...GRANT_TYPES)],
    // Without it Auth0 would choose a channel: here there is the phone.
    'async_approval_notification_channels?': [one('guardian-push')],
    'callbacks?': [url],
    'web_origins?': [url],
    'allowed_logout_urls?': [url],
    jwt_configuration: { alg: one('RS256'), lifetime_in_seconds: count },
    'refresh_token?': {
      rotation_type: one('rotating'),
      expiration_type: one('expiring'),
      leeway: one(0),
      token_lifetime: count,
      idle_token_lifetime: count,
      'infinite_token_lifetime?': one(false),
      'infinite_idle_token_lifetime?': one(false),
    },
    'client_metadata?': texts,
  }],
  clientGrants: [{
    client_id: text,
    audience: text,
    subject_type: one('user', 'client'),
    scope: [text],
    'authorization_details_types?': [detailsType],
  }],
  databases: [{
    name: text,
    strategy: one('auth0'),
    enabled_clients: [text],
    // Rules for signing up and against guessing: nobody signs up here, and who can reach this tenant owns the machine.
    'options?': { 'passwordPolicy?': text, 'brute_force_protection?': flag, 'disable_signup?': one(true) },
  }],
  guardianFactors: [{ name: text, enabled: flag }],
  guardianPolicies: { policies: none },
  actions: [{
    name: text,
    code: text,
    runtime: one('node22'),
    deployed: one(true),
    dependencies: none,
    secrets: [{ name: text, value: text }],
    supported_triggers: [{ id: one('post-login'), version: one('v3') }],
  }],
  triggers: { 'post-login': [{ action_name: text, display_name: text }] },
};

/** Throws a Problem that names each key that is unknown, missing or of the wrong kind. */
export function checkVocabulary(config, file) {
  const problems = [];
  compare(config, TENANT, '', problems);
  if (problems.length > 0) {
    throw new Problem(`${file} says what this tenant cannot do:\n  ${problems.join('\n  ')}`);
  }
}

function compare(value, schema, where, problems) {
  if (typeof schema === 'function') {
    if (!schema(value)) problems.push(`${where}: ${JSON.stringify(value)} is not ${schema.says}`);
  } else if (Array.isArray(schema)) {
    if (!Array.isArray(value)) problems.push(`${where}: not a list`);
    else value.forEach((item, index) => compare(item, schema[0], `${where}[${item?.name ?? index}]`, problems));
  } else if (!isObject(value)) {
    problems.push(`${where || 'the file'}: not a mapping`);
  } else {
    compareKeys(value, schema, where, problems);
  }
}

function compareKeys(value, schema, where, problems) {
  const path = (key) => (where ? `${where}.${key}` : key);
  const known = new Set();
  for (const [entry, part] of Object.entries(schema)) {
    const key = entry.replace(/\?$/, '');
    known.add(key);
    if (Object.hasOwn(value, key)) compare(value[key], part, path(key), problems);
    else if (key === entry) problems.push(`${path(key)}: missing`);
  }
  for (const key of Object.keys(value)) {
    if (!known.has(key)) problems.push(`${path(key)}: unknown`);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
