/**
 * /userinfo. oidc-provider's own takes only opaque tokens; at Auth0 an access token for an API is good here too, if
 * openid was asked for: then its `aud` names /userinfo. Answers the profile of the granted scopes and, as Auth0 does,
 * every claim that Actions put into the id_token, whatever its name. So a session_id shows, and opens nothing: the bank
 * takes it in a signed id_token alone, once. A token that is bound to a key comes with a proof, and no other does.
 *
 * https://auth0.com/docs/get-started/apis/scopes/sample-use-cases-scopes-and-claims "Add custom claims to a token"
 */

import { proofError } from './sender-constraint.js';
import { CLAIMS, Users } from './users.js';

export function userinfo(provider, flows, { issuer, keys, users }) {
  return async (ctx, next) => {
    // The preflight is oidc-provider's.
    if (ctx.path !== '/userinfo' || !['GET', 'POST'].includes(ctx.method)) return next();
    ctx.set('Cache-Control', 'no-store');
    const [, scheme = 'Bearer', value] = /^(Bearer|DPoP) ([A-Za-z0-9._~+/-]+=*)$/i.exec(ctx.get('authorization')) ?? [];
    const token = value && ((await opaque(provider, flows, value)) ?? signed(flows, value, issuer, keys));
    allowOrigin(ctx, flows.catalog, token?.clientId);
    const wrong = token?.scopes.includes('openid')
      ? await proofError(ctx, provider, scheme, value, token.jkt)
      : 'invalid_token';
    if (wrong) {
      ctx.status = 401;
      ctx.set('WWW-Authenticate', value ? `${scheme} error="${wrong}"` : 'Bearer');
      ctx.body = { error: wrong, error_description: 'An access token with the scope openid is needed.' };
      return undefined;
    }
    ctx.body = describe(users.find(token.sub), token);
    return undefined;
  };
}

function describe(user, { sub, scopes, flow }) {
  const profile = Users.claims(user);
  const names = scopes.flatMap((scope) => CLAIMS[scope] ?? []);
  return { ...flow?.idToken, sub, ...Object.fromEntries(names.map((name) => [name, profile[name]])) };
}

async function opaque(provider, flows, value) {
  const token = await provider.AccessToken.find(value);
  if (!token) return undefined;
  const { accountId: sub, clientId, grantId, jkt } = token;
  return { sub, clientId, jkt, scopes: [...token.scopes], flow: flows.store.get(`Flow:${grantId}`) };
}

function signed(flows, value, issuer, keys) {
  const { iss, exp, aud, client_id: id, azp, sub, scope, jti, cnf } = keys.claimsOf(value) ?? {};
  const valid = iss === issuer && exp > Date.now() / 1000 && Array.isArray(aud) && aud.includes(`${issuer}userinfo`);
  if (!valid) return undefined;
  return { sub, clientId: id ?? azp, jkt: cnf?.jkt, scopes: scope.split(' '), flow: flows.ofToken(jti) };
}

function allowOrigin(ctx, catalog, clientId) {
  const origin = ctx.get('origin');
  ctx.vary('Origin');
  const allowed = clientId ? catalog.client(clientId).web_origins?.includes(origin) : catalog.hasOrigin(origin);
  if (origin && allowed) ctx.set('Access-Control-Allow-Origin', origin);
}
