/**
 * The post-login event (trigger v3) as Auth0 describes it: optional members are left out where Auth0 leaves them out.
 * Above all, a refresh has no requested_scopes of its own; what was asked for stands in request.body.scope.
 * auth0/gate holds it against the types of gate/types/post-login.d.ts.
 */

import { SINCE, Users } from './users.js';

const PROTOCOLS = {
  code: 'oidc-basic-profile',
  implicit: 'oidc-implicit-profile',
  hybrid: 'oidc-hybrid-profile',
};

/** The protocol of an authorize request, from its response_type. */
export function protocolOf(responseType) {
  const types = responseType.split(' ');
  if (!types.includes('code')) return PROTOCOLS.implicit;
  return types.length === 1 ? PROTOCOLS.code : PROTOCOLS.hybrid;
}

/**
 * @param {object} login
 * @param {object} login.client       from tenant.yaml, with client_id
 * @param {object} login.user         the profile
 * @param {number} login.logins       how often the user has logged in
 * @param {object} login.appMetadata  what Actions wrote about the user
 * @param {object} login.database     the connection, from tenant.yaml
 * @param {string} [login.audience]
 * @param {object} login.request      {method, ip, userAgent, query, body}
 * @param {object} login.transaction  {protocol, and the parameters of an authorize request}
 * @param {{name: string, timestamp: string, type?: string}[]} login.methods  what the session has done before this flow
 * @param {string} [login.sessionId]
 * @param {object} [login.handedOver]  how the session came here, unless its user logged in: {actor} of a delegated one,
 *   {sessionTransferToken} of one from another app
 * @param {object} flow               from newFlow
 */
export function postLoginEvent(login, flow) {
  const { client, user, database, audience, request, transaction, handedOver } = login;
  const { sub: _, ...profile } = Users.claims(user);
  return {
    transaction: {
      acr_values: list(transaction.acr_values),
      locale: 'en',
      ui_locales: list(transaction.ui_locales),
      protocol: transaction.protocol,
      requested_scopes: list(transaction.scope),
      ...optional('prompt', transaction.prompt && list(transaction.prompt)),
      ...optional('redirect_uri', transaction.redirect_uri),
      ...optional('response_mode', transaction.response_mode),
      ...optional('response_type', transaction.response_type && list(transaction.response_type)),
      ...optional('state', transaction.state),
      ...optional('login_hint', transaction.login_hint),
      // Not a copy: what an Action sets it can read at once.
      metadata: flow.metadata,
    },
    authentication: { methods: [...login.methods, ...flow.factors].map((method) => ({ ...method })) },
    authorization: { roles: [] },
    client: { client_id: client.client_id, name: client.name, metadata: { ...client.client_metadata } },
    connection: { id: 'con_local', name: database.name, strategy: database.strategy, metadata: {} },
    ...optional('resource_server', audience && { identifier: audience }),
    request: {
      method: request.method,
      hostname: 'localhost',
      ip: request.ip,
      user_agent: request.userAgent,
      language: 'en',
      query: { ...request.query },
      body: { ...request.body },
      geoip: {},
    },
    ...optional('session', login.sessionId && { id: login.sessionId, ...optional('actor', handedOver?.actor) }),
    ...optional('session_transfer_token', handedOver?.sessionTransferToken),
    stats: { logins_count: login.logins },
    tenant: { id: 'drawbridge-local' },
    user: {
      user_id: user.user_id,
      ...profile,
      created_at: SINCE,
      app_metadata: login.appMetadata,
      user_metadata: {},
      identities: [],
      // Every demo user has the phone page.
      enrolledFactors: [{ type: 'push-notification', options: {} }],
    },
  };
}

function list(words) {
  return words ? words.split(' ').filter(Boolean) : [];
}

function optional(name, value) {
  return value === undefined || value === '' ? {} : { [name]: value };
}
