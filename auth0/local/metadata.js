/**
 * What the tenant publishes: the discovery document as Auth0's, with what this tenant has of it, and the key set.
 *
 * https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery
 */

export const RESPONSE_TYPES = [
  'code', 'token', 'id_token', 'code token', 'code id_token', 'token id_token', 'code token id_token',
];

export function metadata({ issuer, keys }) {
  const documents = {
    '/.well-known/openid-configuration': () => discovery(issuer),
    '/.well-known/jwks.json': () => keys.published,
  };
  return (ctx, next) => {
    const document = Object.hasOwn(documents, ctx.path) && documents[ctx.path];
    if (!document || !['GET', 'HEAD'].includes(ctx.method)) return next();
    ctx.body = document();
    return undefined;
  };
}

function discovery(issuer) {
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    userinfo_endpoint: `${issuer}userinfo`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    end_session_endpoint: `${issuer}oidc/logout`,
    backchannel_authentication_endpoint: `${issuer}bc-authorize`,
    backchannel_token_delivery_modes_supported: ['poll'],
    scopes_supported: [
      'openid', 'profile', 'offline_access', 'name', 'given_name', 'family_name', 'nickname', 'email', 'email_verified',
      'picture', 'created_at', 'identities', 'phone', 'address',
    ],
    response_types_supported: RESPONSE_TYPES,
    code_challenge_methods_supported: ['S256'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    dpop_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      'aud',
      'auth_time',
      'created_at',
      'email',
      'email_verified',
      'exp',
      'family_name',
      'given_name',
      'iat',
      'identities',
      'iss',
      'name',
      'nickname',
      'phone_number',
      'picture',
      'sub',
    ],
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
  };
}
