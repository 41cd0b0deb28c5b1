/** /v2/logout?client_id=…&returnTo=…: ends the session of this browser. Refresh tokens live on, as at Auth0. */

import { send } from './pages/page.js';
import { html } from './pages/html.js';

export function logout(provider, catalog) {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' || ctx.path !== '/v2/logout') return next();
    ctx.set('Cache-Control', 'no-store');
    const { returnTo, client_id: clientId } = ctx.query;
    const allowed = catalog.logoutUrls(clientId);
    // Checked first: a link that leads somewhere else must not even log out.
    if (returnTo !== undefined && !allowed.includes(returnTo)) {
      return send(ctx, 400, 'Not signed out', html`<p>
        The address to return to is not among the app's allowed_logout_urls, so nothing was done.</p>`);
    }
    const session = await provider.Session.get(ctx);
    if (!session.new) await session.destroy();
    ctx.cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'lax', signed: true });
    if (returnTo !== undefined) return ctx.redirect(returnTo);
    return send(ctx, 200, 'Signed out', html`<p>You are signed out. You can close this page.</p>`);
  };
}
