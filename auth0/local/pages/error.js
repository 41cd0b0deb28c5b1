/** What cannot be told to an app by redirect is told to the user here. */

import { html } from './html.js';
import { send } from './page.js';

const ADVICE = {
  invalid_redirect_uri: 'The app asked to return to an address that is not among its callbacks in tenant.yaml.',
  invalid_client: 'The app is not known to this tenant.',
  server_error: 'Something went wrong here. The console of the tenant says what.',
};

/** Notes where the apps are, for the pages on which nothing goes on: from there is a way back. */
export function wayBack(catalog) {
  return (ctx, next) => {
    ctx.state.app = catalog.origin();
    return next();
  };
}

/** oidc-provider's renderError; it has set the status. */
export function errorPage(ctx, { error, error_description: description }) {
  send(ctx, ctx.status, 'This sign-in cannot go on', html`
    <p>${ADVICE[error] ?? 'Go back to the app and start again.'}</p>
    ${ctx.state.app && html`<p><a href="${ctx.state.app}">Back to the app</a></p>`}
    <p class="detail"><code>${error}</code> ${error === 'server_error' ? '' : description}</p>`);
}

/** The same page for what our own pages refuse. */
export function refuse(ctx, status, description) {
  ctx.status = status;
  errorPage(ctx, { error: 'invalid_request', error_description: description });
}
