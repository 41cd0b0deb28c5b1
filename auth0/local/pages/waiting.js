/**
 * The page that waits for the push: `GET /u/mfa-push/<id>`. Once somebody decided on the phone, the same address goes
 * on (303): to the app with the tokens, or with access_denied. With JavaScript it asks `…/<id>?state` again and again;
 * without it the page reloads itself. `POST` of `again` sends a new push when nobody answered in time.
 */

import { isSameOrigin, readBody } from '../http.js';
import { describePush, transferOf } from '../policy.js';
import { refuse } from './error.js';
import { html } from './html.js';
import { find, redirect } from './login.js';
import { send } from './page.js';

const PATH = /^\/u\/mfa-push\/[A-Za-z0-9_-]+$/;

export function waiting(provider, { push, users }, catalog) {
  return async (ctx, next) => {
    if (!PATH.test(ctx.path)) return next();
    const interaction = await find(provider, ctx, 'mfa');
    if (!interaction) return refuse(ctx, 400, 'This request for approval has expired or was finished already.');
    const { details } = interaction.prompt;
    const state = push.state(details.push);
    if (ctx.method === 'POST') {
      if (!isSameOrigin(ctx)) return refuse(ctx, 403, 'The form was sent from another site.');
      const { choice } = (await readBody(ctx)) ?? {};
      if (choice === 'again' && state === 'expired') await sendAgain(ctx, interaction, { push, users }, catalog);
      if (choice === 'cancel') {
        push.withdraw(details.push);
        return finish(provider, ctx, refusal('The request was cancelled.'));
      }
      return redirect(ctx, ctx.path);
    }
    if (ctx.query.state !== undefined) {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { state };
      return undefined;
    }
    if (state === 'approved') return finish(provider, ctx, approval(details, push));
    if (state === 'denied') return finish(provider, ctx, refusal('The request was denied on the phone.'));
    if (state === 'replaced') return finish(provider, ctx, refusal('A newer request took the place of this one.'));
    return state === 'pending' ? showWaiting(ctx, transferOf(details.flow)) : showExpired(ctx);
  };
}

/** Names the pause that it is for: flows.js takes it for no other. */
function approval({ flow, push: id }, push) {
  return { mfa: { flow: flow.id, challenges: flow.challenges, approvedAt: push.approvedAt(id) } };
}

function refusal(description) {
  return { error: 'access_denied', error_description: description };
}

async function finish(provider, ctx, result) {
  redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
}

async function sendAgain(ctx, interaction, { push, users }, catalog) {
  interaction.prompt.details.push = push.send(describePush(ctx, interaction, users, catalog));
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
}

function showWaiting(ctx, transfer) {
  send(ctx, 200, 'Approve on your phone', html`
    ${transfer && html`<p>Send <strong>${transfer.amount} ${transfer.currency}</strong> to account
      <strong>${transfer.to}</strong> from your account ${transfer.from}.</p>`}
    <p role="status">We sent a notification to your phone. This page goes on by itself once you answer it.</p>
    <p class="detail">On this machine <a href="/phone" target="_blank" rel="noopener">this page is the phone</a>.</p>
    <form method="post"><button name="choice" value="cancel">Cancel</button></form>`,
  { script: 'waiting.js', refresh: 2 });
}

function showExpired(ctx) {
  send(ctx, 200, 'Nobody answered', html`
    <p>The notification was not answered in time.</p>
    <form method="post">
      <div class="actions">
        <button class="primary" name="choice" value="again">Send it again</button>
        <button name="choice" value="cancel">Cancel</button>
      </div>
    </form>`);
}
