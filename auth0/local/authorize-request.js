/**
 * What an app sent to /authorize, as the Actions are shown it in event.request: oidc-provider keeps the parameters that
 * it knows, and Auth0 gives an Action all of them. They travel with the interaction as one parameter more.
 *
 * A POST is read as a GET from here on. What Auth0 says of parameters whose names begin with ext- holds here too:
 * https://auth0.com/docs/customize/login-pages/universal-login/customize-templates "Custom query parameters".
 */

import { readBody } from './http.js';
import { refuse } from './pages/error.js';

/** The parameter's name. An app that sends one of this name sends it in vain. */
export const SENT = 'drawbridge_sent';

const MAX_EXT = 10;
const EXT_NAME = /^ext-[\w-]{1,28}$/;
const EXT_VALUE = /^[-\w.*~@+ /:]{1,255}$/;

export function authorizeRequest() {
  return async (ctx, next) => {
    const { method } = ctx;
    if (ctx.path !== '/authorize' || !['GET', 'POST'].includes(method)) return next();
    const query = { ...ctx.query };
    const body = method === 'POST' ? await readBody(ctx) : {};
    if (!body) return refuse(ctx, 400, 'The body must be a form of at most 64 kB.');
    // Auth0 takes it at /par alone, which this tenant has not.
    if (query.authorization_details ?? body.authorization_details) {
      return refuse(ctx, 400, 'authorization_details must be passed to /par.');
    }
    const problem = extProblem([...Object.entries(query), ...Object.entries(body)]);
    if (problem) return refuse(ctx, 400, `error parsing ext params: ${problem}`);
    ctx.method = 'GET';
    ctx.query = { ...defaults({ ...query, ...body }), [SENT]: JSON.stringify({ method, query, body }) };
    return next();
  };
}

/**
 * A request without a scope asks for openid (Auth0's page "Configure Auth0 to pass OpenID FAPI Certification Tests").
 * Choosing an account is logging in, for users of a database.
 */
function defaults({ prompt, ...request }) {
  return {
    ...request,
    scope: request.scope || 'openid',
    ...(prompt && { prompt: String(prompt).replace('select_account', 'login') }),
  };
}

/** What Auth0 finds wrong with the parameters of an app's own, in its words. */
function extProblem(parameters) {
  const own = parameters.filter(([name]) => name.startsWith('ext-'));
  if (own.length > MAX_EXT) return `must have less than or equal to ${MAX_EXT} keys with "ext-" prefix`;
  for (const [name, value] of own) {
    if (!EXT_NAME.test(name)) return `"${name}" is not allowed`;
    if (typeof value !== 'string' || !EXT_VALUE.test(value)) {
      return `"${name}" with value ${value} fails to match the required pattern: ${EXT_VALUE}`;
    }
  }
  return undefined;
}
