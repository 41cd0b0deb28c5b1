/**
 * Ends the session of this browser. Refresh tokens live on, as at Auth0.
 *
 *   /v2/logout?returnTo=…&client_id=…           https://auth0.com/docs/api/authentication/logout/auth-0-logout
 *   /oidc/logout?post_logout_redirect_uri=…&…   https://auth0.com/docs/api/authentication/logout/oidc-logout
 *
 * Either returns to an address that is among the client's allowed_logout_urls if a client is named, else among the
 * tenant's; with a client and no address, to the client's first. Query and fragment of the address do not count, nor
 * does the case of its scheme and host.
 *
 * The second asks first, unless an id_token_hint or a logout_hint (the session's `sid`) shows that the app knows whom
 * it logs out.
 */

import { isSameOrigin, readBody } from './http.js';
import { html } from './pages/html.js';
import { send } from './pages/page.js';

export function logout(provider, catalog, { issuer, keys }) {
  return async (ctx, next) => {
    if (ctx.path === '/v2/logout' && ctx.method === 'GET') {
      const { returnTo, client_id: clientId } = ctx.query;
      return finish(ctx, provider, catalog, { clientId, address: returnTo });
    }
    if (ctx.path !== '/oidc/logout' || !['GET', 'POST'].includes(ctx.method)) return next();
    const request = ctx.method === 'GET' ? { ...ctx.query } : await readBody(ctx);
    return oidcLogout(ctx, provider, catalog, request, (token) => readHint(token, issuer, keys));
  };
}

async function oidcLogout(ctx, provider, catalog, request, readHint) {
  if (!request || Object.values(request).some((value) => typeof value !== 'string'))
    return refuse(ctx, 'The request is malformed.');
  const { id_token_hint: token, logout_hint: sid, state, confirmed } = request;
  const hint = token === undefined ? undefined : readHint(token);
  if (token !== undefined && !hint) return refuse(ctx, 'The id_token_hint is not an id_token of this tenant.');
  if (hint && request.client_id !== undefined && request.client_id !== hint.aud)
    return refuse(ctx, 'The id_token_hint is for another client.');
  if (hint && sid !== undefined && sid !== hint.sid)
    return refuse(ctx, 'The logout_hint is not the sid of the id_token_hint.');

  const session = await provider.Session.get(ctx);
  if (hint && session.accountId && session.accountId !== hint.sub) return refuse(ctx, 'Somebody else is signed in.');
  const known = hint || session.new || (sid !== undefined && sid === session.uid);
  const asked = confirmed !== undefined && ctx.method === 'POST' && isSameOrigin(ctx);
  if (!known && !asked) return ask(ctx, request);
  const clientId = request.client_id ?? hint?.aud;
  return finish(ctx, provider, catalog, { clientId, address: request.post_logout_redirect_uri, state });
}

/** Logs out and goes on. Checked first: a link that leads somewhere else must not even log out. */
async function finish(ctx, provider, catalog, { clientId, address, state }) {
  ctx.set('Cache-Control', 'no-store');
  const allowed = catalog.logoutUrls(clientId);
  if (!allowed) return refuse(ctx, 'There is no such client.');
  if (address !== undefined && !(typeof address === 'string' && allowed.some((url) => sameAddress(url, address)))) {
    return refuse(ctx, 'The address to return to is not among the allowed_logout_urls.');
  }
  const session = await provider.Session.get(ctx);
  if (!session.new) await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'lax', signed: true });
  const target = address ?? (clientId === undefined ? undefined : allowed[0]);
  if (target === undefined)
    return send(ctx, 200, 'Signed out', html`<p>You are signed out. You can close this page.</p>`);
  const url = new URL(target);
  if (state !== undefined) url.searchParams.set('state', state);
  ctx.redirect(state === undefined ? target : url.href);
  return undefined;
}

function ask(ctx, request) {
  const fields = Object.entries({ ...request, confirmed: 'yes' });
  send(ctx, 200, 'Sign out?', html`
    <p>An app asks to sign you out of this tenant.</p>
    <form method="post" action="/oidc/logout">
      ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
      <button>Sign out</button>
    </form>`);
}

function refuse(ctx, cause) {
  send(ctx, 400, 'Not signed out', html`<p>${cause} Nothing was done.</p>`);
}

function sameAddress(allowed, given) {
  if (!URL.canParse(given)) return false;
  const [one, other] = [new URL(allowed), new URL(given)];
  return one.origin === other.origin && one.pathname === other.pathname && !other.username && !other.password;
}

/** The claims of an id_token of this tenant, whatever its age; undefined if it is none. */
function readHint(token, issuer, keys) {
  const claims = keys.claimsOf(token);
  return claims?.iss === issuer && typeof claims.aud === 'string' ? claims : undefined;
}
