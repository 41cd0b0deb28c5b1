/**
 * The tenant as an oidc-provider: issuer, clients, lifetimes and features from tenant.yaml, Actions by way of an
 * interaction policy (policy.js), tokens in Auth0's shape (tokens.js), and around it what Auth0 has and it has not.
 */

import './quiet.js';

import { Provider, errors } from 'oidc-provider';
import internals from 'oidc-provider/lib/helpers/weak_cache.js';

import { credentialJwk } from './approvals-key.js';
import { SENT, authorizeRequest } from './authorize-request.js';
import { BackChannel, REMEMBER, checkAssertion } from './back-channel.js';
import { guard } from './http.js';
import { Catalog, OIDC_SCOPES } from './catalog.js';
import { Flows } from './flows.js';
import { logout } from './logout.js';
import { RESPONSE_TYPES, metadata } from './metadata.js';
import { consent } from './pages/consent.js';
import { errorPage, wayBack } from './pages/error.js';
import { login } from './pages/login.js';
import { phone } from './pages/phone.js';
import { assets } from './pages/assets.js';
import { waiting } from './pages/waiting.js';
import { interactionUrl, interactionPolicy } from './policy.js';
import { dpopFeature } from './sender-constraint.js';
import { tenantApi } from './tenant-api.js';
import { tokenEndpoint } from './token-endpoint.js';
import { accessTokenFormat, extendIdToken } from './tokens.js';
import { userinfo } from './userinfo.js';
import { CLAIMS } from './users.js';
import { CIBA } from './vocabulary.js';
import { webMessage } from './web-message.js';

const CODE_LIFETIME = 60;
const LOGIN_LIFETIME = 60 * 60;

export function buildProvider(parts, rotateKeys) {
  const { issuer, tenant, store, keys, cookieKey, users } = parts;
  const catalog = new Catalog(tenant);
  const flows = new Flows({ ...parts, catalog });
  const backChannel = new BackChannel({ ...parts, catalog, flows });

  const provider = new Provider(issuer, {
    adapter: store.adapter,
    jwks: keys.jwks,
    clients: tenant.clients.map((client) => clientMetadata(client, parts, catalog)),
    clientBasedCORS: (ctx, origin, client) => catalog.client(client.clientId).web_origins?.includes(origin) ?? false,
    cookies: {
      keys: [cookieKey],
      // Cookies know no ports: on localhost the names must be our own.
      names: { session: 'drawbridge_tenant', interaction: 'drawbridge_login', resume: 'drawbridge_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    routes: {
      authorization: '/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      jwks: '/.well-known/jwks.json',
      userinfo: '/userinfo',
      backchannel_authentication: '/bc-authorize',
    },
    assertJwtClientAuthClaimsAndHeader: checkAssertion(issuer),
    features: {
      ...backChannel.features,
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
      dPoP: dpopFeature(),
      pushedAuthorizationRequests: { enabled: false },
      // Enabled for the discovery document; userinfo.js answers, because access tokens for an API are good there too.
      userinfo: { enabled: true },
      webMessageResponseMode: { enabled: true, ack: 'individual-draft-01' },
      resourceIndicators: {
        enabled: true,
        // Auth0's `audience` is what others call a resource.
        defaultResource: (ctx, client, oneOf) => oneOf?.[0] ?? ctx.oidc.params.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, identifier, client) => resourceServer(catalog, identifier, client),
      },
    },
    responseTypes: RESPONSE_TYPES.filter((type) => type !== 'token'),
    scopes: OIDC_SCOPES,
    enabledJWA: { dPoPSigningAlgValues: ['ES256'] },
    claims: { openid: ['sub'], ...CLAIMS },
    // Auth0 puts the claims of the granted scopes into the id_token, also if an access token is issued with it.
    conformIdTokenClaims: false,
    extraParams: {
      [SENT]: null,
      audience: (ctx, audience, client) => {
        if (audience) catalog.userGrant(audience, client.clientId);
        restoreOfflineAccess(ctx, audience, client, catalog);
      },
    },
    interactions: { url: interactionUrl(parts, catalog), policy: interactionPolicy(flows) },
    loadExistingGrant: () => undefined,
    findAccount: (ctx, sub, token) => flows.account(ctx, sub, token),
    // A second authorization of the same session must not take the first one's code away: two tabs.
    expiresWithSession: () => false,
    issueRefreshToken: (ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    formats: { customizers: { jwt: accessTokenFormat(flows, catalog) } },
    ttl: {
      AuthorizationCode: CODE_LIFETIME,
      Interaction: LOGIN_LIFETIME,
      BackchannelAuthenticationRequest: REMEMBER,
      Session: tenant.tenant.session_lifetime_in_minutes * 60,
      Grant: longestRefresh(tenant),
      IdToken: (ctx, token, client) => catalog.client(client.clientId).jwt_configuration.lifetime_in_seconds,
      AccessToken: (ctx, token, client) => catalog.accessTokenLifetime(token, client),
      ClientCredentials: (ctx, token) => token.resourceServer.accessTokenTTL,
      RefreshToken: (ctx, token, client) => refreshLifetime(catalog.client(client.clientId).refresh_token, token),
    },
    renderError: errorPage,
  });

  allowImplicitOnLocalhost(provider);
  respondAsAuth0(provider);
  backChannel.extend(provider);
  extendIdToken(provider, flows, keys);
  provider.proxy = false;
  for (const name of ['grant.error', 'backchannel_authentication.error']) {
    provider.on(name, (ctx, error) => { ctx.state.grantError = error; });
  }
  provider.on('server_error', (ctx, error) => parts.log(`server error on ${ctx.method} ${ctx.path}: ${error.stack}`));
  const middleware = [
    wayBack(catalog), guard(parts), metadata(parts), authorizeRequest(), assets(), login(provider, users),
    consent(provider, catalog), waiting(provider, parts, catalog), phone(parts), tenantApi(parts, rotateKeys),
    logout(provider, catalog, parts), userinfo(provider, flows, parts), tokenEndpoint(provider, catalog, parts),
    webMessage(),
  ];
  for (const handler of middleware) provider.use(handler);
  return provider;
}

function clientMetadata(client, { secretOf }, catalog) {
  const grants = client.grant_types;
  const { token_endpoint_auth_method: method, client_authentication_methods: methods } = client;
  const responseTypes = RESPONSE_TYPES.filter((type) => type.split(' ').every((part) =>
    grants.includes(part === 'code' ? 'authorization_code' : 'implicit')));
  return {
    client_id: client.client_id,
    client_name: client.name,
    ...(method && method !== 'none' && { client_secret: secretOf(client.name) }),
    ...(methods && { jwks: { keys: methods.private_key_jwt.credentials.map(credentialJwk) } }),
    token_endpoint_auth_method: method ?? 'private_key_jwt',
    grant_types: grants,
    ...(grants.includes(CIBA) && { backchannel_token_delivery_mode: 'poll' }),
    // Which of them a client may ask for depends on the API: back-channel.js asks its grant.
    authorization_details_types: catalog.detailTypes,
    response_types: responseTypes,
    redirect_uris: client.callbacks ?? [],
    id_token_signed_response_alg: client.jwt_configuration.alg,
  };
}

function resourceServer(catalog, identifier, client) {
  const server = catalog.resourceServer(identifier);
  if (!server) throw new errors.AccessDenied(`Service not found: ${identifier}`);
  return {
    scope: server.scopes.map(({ value }) => value).join(' '),
    audience: identifier,
    accessTokenTTL: server.token_lifetime,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: server.signing_alg } },
  };
}

/**
 * oidc-provider follows OpenID Connect Core 11 and drops offline_access unless consent is asked for; Auth0 does not.
 * Runs after it was dropped and puts it back.
 */
function restoreOfflineAccess(ctx, audience, client, catalog) {
  const { params, route } = ctx.oidc;
  if (route === 'backchannel_authentication') return;
  const asked = ctx.query.scope ?? '';
  const allowed =
    asked.split(' ').includes('offline_access') &&
    params.response_type.split(' ').includes('code') &&
    client.grantTypeAllowed('refresh_token') &&
    (!audience || catalog.resourceServer(audience).allow_offline_access);
  if (allowed && !ctx.oidc.requestParamScopes.has('offline_access')) params.scope = `${params.scope} offline_access`;
}

/**
 * Two things for which oidc-provider (pinned in package.json) has no setting: response_type=token, which OpenID Connect
 * does not have and Auth0 does; and answers without `iss` (RFC 9207), by 302, as Auth0's are.
 */
function respondAsAuth0(provider) {
  const { configuration, responseModes } = internals(provider);
  configuration.responseTypes.push('token');
  for (const [mode, respond] of responseModes) {
    responseModes.set(mode, (ctx, uri, { iss, ...answer }) => {
      const sent = respond(ctx, uri, answer);
      if (ctx.status === 303) ctx.status = 302;
      return sent;
    });
  }
}

/** Both are refused for web clients by the specification; the documented requests need them on this machine. */
function allowImplicitOnLocalhost(provider) {
  const { prototype } = provider.Client.Schema;
  const { invalidate } = prototype;
  prototype.invalidate = function invalidateUnlessLocal(message, code) {
    if (code === 'implicit-force-https' || code === 'implicit-forbid-localhost') return;
    invalidate.call(this, message, code);
  };
}

/** Unused for the idle time, or older than the whole lifetime since the login: gone. */
function refreshLifetime({ token_lifetime: whole, idle_token_lifetime: idle }, token) {
  const age = token.iiat ? Math.floor(Date.now() / 1000) - token.iiat : 0;
  return Math.max(1, Math.min(idle, whole - age));
}

function longestRefresh({ clients }) {
  return Math.max(3600, ...clients.map((client) => client.refresh_token?.token_lifetime ?? 0));
}
