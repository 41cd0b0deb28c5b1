/** The page that prompt=consent asks for: `GET /u/consent/<id>`, and `POST` of `choice` accept or deny. */

import { isSameOrigin, readBody } from '../http.js';
import { refuse } from './error.js';
import { html } from './html.js';
import { find, redirect } from './login.js';
import { send } from './page.js';

const PATH = /^\/u\/consent\/[A-Za-z0-9_-]+$/;
const DENIED = { error: 'access_denied', error_description: 'User did not authorize the request' };

export function consent(provider, catalog) {
  return async (ctx, next) => {
    if (!PATH.test(ctx.path) || !['GET', 'POST'].includes(ctx.method)) return next();
    const interaction = await find(provider, ctx, 'consent');
    if (!interaction) return refuse(ctx, 400, 'This request has expired or was finished already.');
    if (ctx.method === 'GET') return ask(ctx, interaction.params, catalog);
    if (!isSameOrigin(ctx)) return refuse(ctx, 403, 'The form was sent from another site.');
    const { choice } = (await readBody(ctx)) ?? {};
    const result = choice === 'accept' ? { ...interaction.lastSubmission, consent: {} } : DENIED;
    return redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
  };
}

function ask(ctx, { client_id: clientId, audience, scope }, catalog) {
  const scopes = catalog.apiScopes(audience, scope);
  send(ctx, 200, 'Allow access?', html`
    <p>${catalog.client(clientId).name} wants to use your account${scopes.length > 0 && ' and to:'}</p>
    <ul>${scopes.map(({ description }) => html`<li>${description}</li>`)}</ul>
    <form method="post">
      <div class="actions">
        <button class="primary" name="choice" value="accept">Accept</button>
        <button name="choice" value="deny">Decline</button>
      </div>
    </form>`);
}
