/**
 * The login page: `GET /u/login/<id>`, and `POST` of `username` and `password` to the same address. A cross-site POST
 * cannot succeed: the id is unguessable, the interaction's cookie is SameSite=Lax, and the Origin is checked.
 */

import { isSameOrigin, readBody } from '../http.js';
import { html } from './html.js';
import { refuse } from './error.js';
import { send } from './page.js';

const PATH = /^\/u\/login\/[A-Za-z0-9_-]+$/;

export function login(provider, users) {
  return async (ctx, next) => {
    if (!PATH.test(ctx.path)) return next();
    const interaction = await find(provider, ctx, 'login');
    if (!interaction) return refuse(ctx, 400, 'This login has expired or was finished already.');
    if (ctx.method === 'GET') return form(ctx, interaction.params.login_hint);
    if (ctx.method !== 'POST') return next();
    if (!isSameOrigin(ctx)) return refuse(ctx, 403, 'The form was sent from another site.');
    const { username, password } = (await readBody(ctx)) ?? {};
    if (typeof username !== 'string' || typeof password !== 'string') return form(ctx, '', 'Fill in both fields.', 400);
    const user = await users.authenticate(username, password);
    if (!user) return form(ctx, username, 'Wrong email or password.', 400);
    await forgetOther(provider, ctx, interaction, user.user_id);
    const result = { login: { accountId: user.user_id, ts: Math.floor(Date.now() / 1000) } };
    return redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
  };
}

/** The interaction of this address and cookie, if it waits for this prompt. */
export async function find(provider, ctx, prompt) {
  try {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    const matches = interaction.prompt.name === prompt && ctx.path.endsWith(`/${interaction.uid}`);
    return matches ? interaction : undefined;
  } catch (error) {
    if (error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

export function redirect(ctx, location) {
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(location);
  ctx.status = 303;
}

/** Somebody else logs in where a session is open: that session ends, with all that was under way in it. */
async function forgetOther(provider, ctx, interaction, userId) {
  const session = await provider.Session.get(ctx);
  if (!session.accountId || session.accountId === userId) return;
  await session.destroy();
  delete interaction.session;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
}

function form(ctx, username = '', problem, status = 200) {
  return send(ctx, status, 'Sign in', html`
    <form method="post">
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      <div class="field">
        <label for="username">Email</label>
        <input id="username" name="username" type="email" autocomplete="username" required value="${username}"
          ${!username && html`autofocus`}>
      </div>
      <div class="field">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required
          ${username && html`autofocus`}>
      </div>
      <button type="submit" class="primary">Continue</button>
    </form>`);
}
