/**
 * Events and the api for the tests of single Actions.
 *
 * The event has the members and types that Auth0's page "Actions Triggers: post-login - Event Object" gives (trigger
 * v3): `transaction`, `authentication`, `resource_server` and `session` are optional there, and tests leave them out.
 * auth0/gate holds this event against the types.
 */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The handler of an Action, from the very file that is deployed. */
export function action(name) {
  return require(`../../actions/${name}.js`).onExecutePostLogin;
}

export const SCOPES = ['openid', 'profile', 'view:balance'];

/** The protocols of event.transaction.protocol on which a person is there and one access token comes of it. */
export const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile'];

/** All others that Auth0 documents, one that it may add, and none. */
export const OTHER_PROTOCOLS = [
  'oidc-hybrid-profile', 'oidc-ciba', 'oidc-ciba-web-link', 'oauth2-access-token', 'oauth2-device-code',
  'oauth2-password', 'oauth2-refresh-token', 'oauth2-resource-owner', 'oauth2-resource-owner-jwt-bearer',
  'oauth2-token-exchange', 'oauth2-webauthn', 'samlp', 'wsfed', 'wstrust-usernamemixed', 'something-new', undefined,
];

/**
 * A code + PKCE login of Alice at the SPA.
 * @param {object} [changes] merged into the event, object by object; undefined takes a member away
 */
export function loginEvent(changes = {}) {
  return merge(
    {
      transaction: {
        acr_values: [],
        locale: 'en',
        metadata: {},
        protocol: 'oidc-basic-profile',
        redirect_uri: 'https://app.example.com/callback',
        requested_scopes: SCOPES,
        response_type: ['code'],
        response_mode: 'query',
        state: 'AABBccddEEFFGGTTasrs',
        ui_locales: ['en'],
      },
      authentication: { methods: [{ name: 'pwd', timestamp: new Date().toISOString() }] },
      authorization: { roles: [] },
      client: {
        client_id: 'abcdefghijklmnopqrstuvwxyz012345',
        name: 'Drawbridge Web',
        metadata: { login_bridge: 'true' },
      },
      connection: { id: 'con_7QoL8', name: 'Username-Password-Authentication', strategy: 'auth0', metadata: {} },
      request: { method: 'GET', hostname: 'tenant.example.com', ip: '203.0.113.7', query: {}, body: {}, geoip: {} },
      resource_server: { identifier: 'https://my-banking-api' },
      secrets: {},
      session: { id: 'ses_1' },
      stats: { logins_count: 3 },
      tenant: { id: 'drawbridge' },
      user: {
        user_id: 'auth0|66f0a1c0de00000000000001',
        email: 'alice@example.com',
        email_verified: true,
        created_at: '2026-01-01T00:00:00.000Z',
        updated_at: '2026-01-01T00:00:00.000Z',
        enrolledFactors: [{ type: 'push-notification', options: {} }],
        app_metadata: {},
        user_metadata: {},
        identities: [],
      },
    },
    changes,
  );
}

/** Records the calls as [name, ...args]; api.cache is real enough to hold one flow's values. */
export function recorder(cached = new Map()) {
  const calls = [];
  const note = (name) => (...args) => {
    calls.push([name, ...args]);
  };
  return {
    calls,
    cached,
    named: (name) => calls.filter(([called]) => called === name).map(([, ...args]) => args),
    access: { deny: note('deny') },
    accessToken: {
      setCustomClaim: note('accessToken claim'),
      addScope: note('addScope'),
      removeScope: note('removeScope'),
    },
    idToken: { setCustomClaim: note('idToken claim') },
    authentication: { challengeWith: note('challengeWith') },
    transaction: { setMetadata: note('setMetadata') },
    user: { setAppMetadata: note('setAppMetadata') },
    cache: {
      get: (key) => (cached.has(key) ? { value: cached.get(key).value } : undefined),
      set: (key, value, options) => cached.set(key, { value, ...options }),
      delete: (key) => cached.delete(key),
    },
  };
}

function merge(base, changes) {
  const result = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete result[key];
    else if (isObject(value) && isObject(base[key])) result[key] = merge(base[key], value);
    else result[key] = value;
  }
  return result;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
