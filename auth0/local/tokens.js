/**
 * Tokens in Auth0's shape, with what the Actions decided.
 *
 *   rfc9068_profile  typ at+jwt, client_id, jti
 *   access_token     typ JWT, azp, no jti
 *
 * `aud` gets <issuer>userinfo beside the API when openid is in the scope; a machine is `<client_id>@clients`.
 */

import { createPrivateKey, sign } from 'node:crypto';

import { constrain } from './sender-constraint.js';

const MFA = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** oidc-provider's formats.customizers.jwt: every access token for an API passes here before it is signed. */
export function accessTokenFormat(flows, catalog) {
  return (ctx, token, structured) => {
    const server = catalog.resourceServer(token.aud);
    constrain(token, structured, server, catalog.client(token.clientId));
    if (token.kind === 'ClientCredentials') structured.payload.sub = `${token.clientId}@clients`;
    else applyOutcome(ctx, token, structured, flows);
    if (server.token_dialect === 'access_token') applyDefaultDialect(structured);
  };
}

function applyOutcome(ctx, token, structured, flows) {
  const outcome = flows.of(ctx, token.grantId);
  // Never a token that no Action has seen.
  if (!outcome) throw new Error('no outcome of the Actions for this token');
  const scope = outcome.scope.join(' ');
  // The token response takes its scope from the model, after this.
  token.scope = scope;
  structured.payload = {
    ...outcome.accessToken,
    ...structured.payload,
    scope: scope || undefined,
    // Of the back channel: what ties the token to its push.
    ...(outcome.linkingId && { transaction_linking_id: outcome.linkingId }),
  };
  if (outcome.scope.includes('openid')) structured.payload.aud = [token.aud, `${structured.payload.iss}userinfo`];
  flows.rememberToken(token.jti, outcome);
}

function applyDefaultDialect(structured) {
  const { jti, client_id: clientId, ...payload } = structured.payload;
  structured.header = { typ: 'JWT' };
  structured.payload = { ...payload, azp: clientId };
}

/**
 * oidc-provider lets only configured claims into an id_token and leaves `typ` out of its header; an Action may set any
 * claim, and Auth0 writes `typ: JWT`. There is no hook for either, so the model is extended.
 */
export function extendIdToken(provider, flows, keys) {
  const { prototype } = provider.IdToken;
  const { payload, issue } = prototype;

  prototype.payload = async function payloadWithOutcome() {
    const claims = await payload.call(this);
    const outcome = flows.of(this.ctx);
    if (!outcome) throw new Error('no outcome of the Actions for this id_token');
    const factors = outcome.factors.length > 0 ? { acr: MFA, amr: ['mfa'] } : {};
    return { ...outcome.idToken, ...claims, ...factors, sid: outcome.sid };
  };

  prototype.issue = async function issueWithType(options) {
    return withType(await issue.call(this, options), keys);
  };
}

/** The same token with `typ: JWT`, signed anew with the same key. */
function withType(token, keys) {
  const [header, payload] = token.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url'));
  const key = createPrivateKey({ key: keys.jwks.keys.find((jwk) => jwk.kid === kid), format: 'jwk' });
  const typed = Buffer.from(JSON.stringify({ alg, typ: 'JWT', kid })).toString('base64url');
  const signature = sign('sha256', Buffer.from(`${typed}.${payload}`), key);
  return `${typed}.${payload}.${signature.toString('base64url')}`;
}
