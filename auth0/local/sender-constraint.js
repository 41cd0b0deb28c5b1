/**
 * Which access tokens are bound to a key (RFC 9449), and who gets none without a proof of one: the table "How it works"
 * of https://auth0.com/docs/secure/sender-constraining/configure-sender-constraining. The API's `proof_of_possession`
 * decides, and for /userinfo alone the proof:
 *
 *   API                  without a proof   with a proof
 *   none                 Bearer            Bearer
 *   required: false      Bearer            DPoP
 *   required: true       refused           DPoP
 *   no API, /userinfo    Bearer            DPoP
 *
 * oidc-provider checks the proof, `dpop_jkt` and that a refresh comes with the key of its login. Public clients need a
 * nonce ("Public clients", https://auth0.com/docs/secure/sender-constraining/demonstrating-proof-of-possession-dpop).
 */

import { randomBytes } from 'node:crypto';

import { errors } from 'oidc-provider';
import validateProof from 'oidc-provider/lib/helpers/validate_dpop.js';

/** How oidc-provider finds the API that a token is for: the model of what is traded in, by grant type. */
const TRADED = { authorization_code: ['AuthorizationCode', 'code'], refresh_token: ['RefreshToken', 'refresh_token'] };

/** oidc-provider's features.dPoP. A new secret costs each app one more round trip. */
export function dpopFeature() {
  return {
    enabled: true,
    nonceSecret: randomBytes(32),
    requireNonce: ({ oidc }) => oidc.client?.clientAuthMethod === 'none',
  };
}

/** Refuses a token request without a proof where the API requires one. Before anything is used up. */
export async function refuseUnbound(ctx, request, client, provider, catalog) {
  if (ctx.get('dpop')) return;
  const [model, parameter] = TRADED[request.grant_type] ?? [];
  const traded = model && (await provider[model].find(request[parameter], { ignoreExpiration: true }));
  const audience = model ? [traded?.resource].flat()[0] : request.audience;
  if (isRequired(catalog.resourceServer(audience), client)) throw missingProof();
}

/** Takes the key off a token that the API does not want bound; one that would have to be and is not, is not made. */
export function constrain(token, structured, server, client) {
  if (isRequired(server, client) && !token.jkt) throw missingProof();
  if (server.proof_of_possession) return;
  // The answer's token_type and the refresh token follow the model.
  token.jkt = undefined;
  delete structured.payload.cnf;
}

/**
 * What is wrong with the scheme of a request to /userinfo, or with its proof, as RFC 9449 names it.
 * @param {string | undefined} jkt  the key that the token is bound to
 * @returns {Promise<string | undefined>}
 */
export async function proofError(ctx, provider, scheme, token, jkt) {
  const proving = scheme.toLowerCase() === 'dpop';
  if (proving !== Boolean(jkt)) return 'invalid_token';
  if (!proving) return undefined;
  // What oidc-provider's check reads of its own context, which a request has only once it is routed.
  const urlFor = (route) => new URL(provider.pathFor(route), ctx.href).href;
  const routed = Object.create(ctx, { oidc: { value: { provider, route: 'userinfo', urlFor } } });
  try {
    const proof = await validateProof(provider, routed, token);
    return proof?.thumbprint === jkt ? undefined : 'invalid_token';
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return error.error;
    throw error;
  }
}

function isRequired(server, client) {
  const { required, required_for: whom = 'all_clients' } = server?.proof_of_possession ?? {};
  return required === true && (whom === 'all_clients' || client.token_endpoint_auth_method === 'none');
}

/** Auth0's page says "Not Issued", and no words. */
function missingProof() {
  return new errors.InvalidRequest('This API takes tokens that are bound to a key: send a DPoP proof.');
}
