/**
 * Where Auth0's /oauth/token differs from oidc-provider's, smoothed before the request gets there:
 *   - the body may be JSON;
 *   - `audience` names the API of client credentials, and without `scope` a machine gets all it was granted;
 *   - a refresh that asks for more than the refresh token has gets what the token has, instead of an error;
 *   - a grant type that the client has not is unauthorized_client.
 */

import { errors } from 'oidc-provider';

import { readBody } from './http.js';

export function tokenEndpoint(provider, catalog) {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/oauth/token') return next();
    const request = await readBody(ctx);
    if (!request) return refuse(ctx, catalog, 400, 'invalid_request', 'The body must be JSON or a form of at most 64 kB.');
    if (Object.values(request).some((value) => typeof value !== 'string')) {
      return refuse(ctx, catalog, 400, 'invalid_request', 'Every parameter must be a string.');
    }

    // What the Actions see as event.request.body: without what proves who asks.
    const { client_secret: secret, refresh_token: refreshToken, code, code_verifier: verifier, ...shown } = request;
    ctx.state.tokenRequest = shown;

    const client = catalog.client(request.client_id);
    if (client && request.grant_type && !client.grant_types.includes(request.grant_type)) {
      const name = request.grant_type;
      return refuse(ctx, catalog, 403, 'unauthorized_client', `Grant type '${name}' not allowed for the client.`);
    }
    try {
      ctx.req.body = await translate(request, client, provider, catalog);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      return refuse(ctx, catalog, 403, error.error, error.error_description);
    }
    ctx.req.headers['content-type'] = 'application/x-www-form-urlencoded';
    return next();
  };
}

async function translate(request, client, provider, catalog) {
  const { audience, resource, ...form } = request;
  if (form.grant_type === 'client_credentials' && client) {
    const granted = catalog.machineGrant(audience ?? '', client.client_id);
    const beyond = form.scope?.split(' ').filter((scope) => !granted.includes(scope)) ?? [];
    if (beyond.length > 0) throw new errors.AccessDenied(`Client has not been granted scopes: ${beyond.join(', ')}`);
    return { ...form, scope: form.scope ?? granted.join(' '), resource: audience };
  }
  if (form.grant_type === 'refresh_token' && form.scope && form.refresh_token) {
    const token = await provider.RefreshToken.find(form.refresh_token, { ignoreExpiration: true });
    const scope = form.scope.split(' ').filter((item) => token?.scopes.has(item)).join(' ');
    return scope ? { ...form, scope } : { ...form, scope: undefined };
  }
  return form;
}

function refuse(ctx, catalog, status, error, description) {
  const origin = ctx.get('origin');
  if (origin && catalog.hasOrigin(origin)) {
    ctx.set('Access-Control-Allow-Origin', origin);
    ctx.vary('Origin');
  }
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error, error_description: description };
}
