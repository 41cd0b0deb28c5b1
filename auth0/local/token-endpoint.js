/**
 * Auth0's /oauth/token, /oauth/revoke and /bc-authorize around oidc-provider's. The body may be JSON. The client is
 * judged before its request; refusals have Auth0's codes, texts and statuses:
 *
 *   401 access_denied         "Unauthorized": an unknown client, or a wrong secret
 *   400 invalid_request       a body that cannot be read, a parameter that is missing
 *   400 unsupported_grant_type, 403 unauthorized_client   a grant that Auth0, or this client, does not have
 *   403 invalid_grant         a code, verifier or refresh token that is not good
 *   403 unauthorized_client   a code with another redirect_uri
 *   403 access_denied         an unknown audience, one without a client grant, a scope that was not granted, an Action
 *
 * Sources: the OpenAPI document of Auth0's Authentication API; answers recorded in the tests of auth0/go-auth0 (which
 * have 403 where that document has 400 for a code); for the rest, reports of Auth0's own SDKs.
 *
 * And where the protocol differs: `audience` names the API of client credentials, and without `scope` a machine gets
 * all it was granted; a refresh that asks for more than its token has gets what the token has.
 */

import { errors } from 'oidc-provider';

import { BackChannel } from './back-channel.js';
import { readBody } from './http.js';
import { refuseUnbound } from './sender-constraint.js';
import { sameSecret } from './vault.js';
import { CIBA } from './vocabulary.js';

const PATHS = ['/oauth/token', '/oauth/revoke', '/bc-authorize'];
const PARAMETER = {
  authorization_code: 'code', refresh_token: 'refresh_token', client_credentials: undefined, [CIBA]: 'auth_req_id',
};
/** Grants that Auth0 has and this tenant has not. */
const ELSEWHERE = [
  'password', 'http://auth0.com/oauth/grant-type/password-realm', 'http://auth0.com/oauth/grant-type/mfa-otp',
  'http://auth0.com/oauth/grant-type/mfa-oob', 'http://auth0.com/oauth/grant-type/mfa-recovery-code',
  'http://auth0.com/oauth/grant-type/passwordless/otp', 'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:okta:params:oauth:grant-type:webauthn',
];
const FORM = 'application/x-www-form-urlencoded';

/** An answer that is none of oidc-provider's. */
class Refusal extends Error {
  constructor(status, error, description) {
    super(description);
    Object.assign(this, { status, error });
  }
}

export function tokenEndpoint(provider, catalog, { secretOf }) {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || !PATHS.includes(ctx.path)) return next();
    let request;
    try {
      request = await readRequest(ctx);
      const client = authenticate(ctx, request, catalog, secretOf);
      if (ctx.path === '/oauth/revoke') require(request, 'token');
      if (ctx.path === '/bc-authorize') requireGrant(CIBA, client);
      ctx.req.body =
        ctx.path === '/oauth/token' ? await tokenRequest(ctx, request, client, provider, catalog) : request;
      ctx.req.headers['content-type'] = FORM;
    } catch (error) {
      if (error instanceof errors.OIDCProviderError) {
        const status = error.error === 'access_denied' ? 403 : 400;
        return refuse(ctx, catalog, new Refusal(status, error.error, error.error_description));
      }
      if (error instanceof Refusal) return refuse(ctx, catalog, error);
      throw error;
    }
    await next();
    if (ctx.path === '/bc-authorize' && ctx.status === 200) ctx.body = BackChannel.answer(ctx.body, request);
    const refusal = ctx.status >= 400 && (await inAuth0sWords(ctx, provider));
    if (refusal) answer(ctx, refusal);
    const { interval } = ctx.state.grantError ?? {};
    if (interval) {
      ctx.set('Retry-After', String(interval));
      ctx.body = { ...ctx.body, interval };
    }
    return undefined;
  };
}

async function readRequest(ctx) {
  const request = (ctx.path !== '/bc-authorize' || ctx.is('urlencoded')) && (await readBody(ctx));
  if (!request) {
    const text = 'The body must be a form, or JSON where that is taken, of at most 64 kB.';
    throw new Refusal(400, 'invalid_request', text);
  }
  if (Object.values(request).some((value) => typeof value !== 'string')) {
    throw new Refusal(400, 'invalid_request', 'Every parameter must be a string.');
  }
  return request;
}

/** The client that asks. A public client only names itself; PKCE and the rotation of refresh tokens are its proof. */
function authenticate(ctx, request, catalog, secretOf) {
  const unauthorized = new Refusal(401, 'access_denied', 'Unauthorized');
  const basic = readBasic(ctx.get('authorization'));
  const [id, secret, method] = basic
    ? [...basic, 'client_secret_basic']
    : [request.client_id, request.client_secret, 'client_secret_post'];
  const client = id && catalog.client(id);
  if (!client || (request.client_id && request.client_id !== id)) throw unauthorized;
  // oidc-provider verifies its assertion, and refuses all else.
  if (client.client_authentication_methods) return client;
  const wanted = client.token_endpoint_auth_method;
  const wrong = wanted === 'none' ? basic : wanted !== method || !sameSecret(secret ?? '', secretOf(client.name));
  if (wrong) throw unauthorized;
  return client;
}

async function tokenRequest(ctx, request, client, provider, catalog) {
  // What the Actions see as event.request.body: without what proves who asks.
  const {
    client_secret: secret, client_assertion: assertion, refresh_token: refreshToken, code, code_verifier: verifier,
    auth_req_id: asked, ...shown
  } = request;
  ctx.state.tokenRequest = shown;

  require(request, 'grant_type');
  const name = request.grant_type;
  if (!Object.hasOwn(PARAMETER, name) && !ELSEWHERE.includes(name)) {
    throw new Refusal(400, 'unsupported_grant_type', 'Grant type not supported');
  }
  requireGrant(name, client);
  if (PARAMETER[name]) require(request, PARAMETER[name]);
  await refuseUnbound(ctx, request, client, provider, catalog);
  return translate(request, client, provider, catalog);
}

async function translate({ audience, resource, ...form }, client, provider, catalog) {
  if (form.grant_type === 'client_credentials') {
    require({ audience }, 'audience');
    const granted = catalog.machineGrant(audience, client.client_id);
    const beyond = form.scope?.split(' ').filter((scope) => !granted.includes(scope)) ?? [];
    if (beyond.length > 0) throw new errors.AccessDenied(`Client has not been granted scopes: ${beyond.join(', ')}`);
    return { ...form, scope: form.scope ?? granted.join(' '), resource: audience };
  }
  if (form.grant_type === 'refresh_token' && form.scope) {
    const token = await provider.RefreshToken.find(form.refresh_token, { ignoreExpiration: true });
    const scope = form.scope.split(' ').filter((item) => token?.scopes.has(item)).join(' ');
    return { ...form, scope: scope || undefined };
  }
  return form;
}

function require(request, parameter) {
  if (!request[parameter]) throw new Refusal(400, 'invalid_request', `Missing required parameter: ${parameter}`);
}

function requireGrant(name, client) {
  if (client.grant_types.includes(name)) return;
  throw new Refusal(403, 'unauthorized_client', `Grant type '${name}' not allowed for the client.`);
}

/** What oidc-provider refused, as Auth0 would have. */
async function inAuth0sWords(ctx, provider) {
  const { message: error, error_description: description, error_detail: detail, cause } = ctx.state.grantError ?? {};
  if (error === 'use_dpop_nonce') {
    return new Refusal(400, error, 'Authorization server requires nonce in DPoP proof');
  }
  if (error === 'invalid_client') return new Refusal(401, 'access_denied', 'Unauthorized');
  if (ctx.path === '/bc-authorize' || ctx.req.body.grant_type === CIBA) return undefined;
  if (error === 'access_denied') return new Refusal(403, error, description);
  if (error !== 'invalid_grant') return undefined;
  if (ctx.req.body.grant_type === 'refresh_token') return new Refusal(403, error, 'Unknown or invalid refresh token.');
  if (detail?.includes('redirect_uri mismatch')) {
    const { redirectUri: expected } = await provider.AuthorizationCode.find(ctx.req.body.code);
    const text = `The redirect URI is wrong. You sent ${ctx.req.body.redirect_uri}, and we expected ${expected}`;
    return new Refusal(403, 'unauthorized_client', text);
  }
  return new Refusal(403, error, cause ? 'Failed to verify code verifier' : 'Invalid authorization code');
}

/** Beside the status also CORS, which oidc-provider sets on what it answers itself. */
function refuse(ctx, catalog, refusal) {
  const origin = ctx.get('origin');
  if (origin && catalog.hasOrigin(origin)) {
    ctx.set('Access-Control-Allow-Origin', origin);
    ctx.vary('Origin');
  }
  answer(ctx, refusal);
}

function answer(ctx, { status, error, message }) {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error, error_description: message };
}

/** RFC 6749, 2.3.1: [id, secret], each encoded as in a form; undefined for anything else. */
function readBasic(header) {
  const [, credentials] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(credentials ?? '', 'base64').toString('utf8')) ?? [];
  return id === undefined ? undefined : [id, secret].map((part) => new URLSearchParams(`v=${part}`).get('v'));
}
