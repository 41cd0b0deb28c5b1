/**
 * The phone: what waits for approval, with Approve and Deny. Stands in for the Guardian app of every demo user.
 *
 *   GET  /phone                   the page
 *   GET  /phone/challenges        JSON, newest first
 *   POST /phone/challenges/<id>   {"decision": "approve"|"deny"} as JSON, or the same as a form
 *
 * Who cannot read the list cannot name a challenge: ids are 128 random bits, and no other origin may read them.
 */

import { isSameOrigin, readBody } from '../http.js';
import { html } from './html.js';
import { redirect } from './login.js';
import { send } from './page.js';

const DECISIONS = { approve: 'approved', deny: 'denied' };
const TOO_LATE = { unknown: 404, expired: 410, replaced: 410, approved: 409, denied: 409 };

/** @param {{here?: string}} [words] here: what this machine is called on the page */
export function phone({ push }, { here = 'this computer' } = {}) {
  return async (ctx, next) => {
    if (ctx.path === '/phone' && ctx.method === 'GET') return show(ctx, push.pending(), here);
    if (ctx.path === '/phone/challenges' && ctx.method === 'GET') {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = push.pending();
      return undefined;
    }
    const id = /^\/phone\/challenges\/([A-Za-z0-9_-]+)$/.exec(ctx.path)?.[1];
    if (!id || ctx.method !== 'POST') return next();
    return decide(ctx, push, id);
  };
}

async function decide(ctx, push, id) {
  if (!isSameOrigin(ctx)) return answer(ctx, 403, { error: 'cross_site' });
  const isForm = Boolean(ctx.is('urlencoded'));
  const decision = (await readBody(ctx))?.decision;
  if (!Object.hasOwn(DECISIONS, decision ?? '')) {
    return answer(ctx, 400, { error: 'invalid_decision', error_description: 'decision must be approve or deny' });
  }
  const before = push.decide(id, DECISIONS[decision]);
  if (isForm) return redirect(ctx, '/phone');
  if (before !== 'pending') return answer(ctx, TOO_LATE[before], { error: before });
  return answer(ctx, 200, { id, state: DECISIONS[decision] });
}

function answer(ctx, status, body) {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}

function show(ctx, challenges, here) {
  const empty = html`<p>Nothing waits for you. When an app asks for approval, it appears here.</p>`;
  const list = html`<ul class="challenges">${challenges.map((challenge) => (
    challenge.details ? detailsCard(challenge) : card(challenge, here)))}</ul>`;
  send(ctx, 200, 'Phone', html`<div id="challenges" aria-live="polite">${challenges.length > 0 ? list : empty}</div>`, {
    script: 'phone.js',
    refresh: 3,
  });
}

/** What the request displays, large and first; then who asks. */
function detailsCard({ id, user, client, created_at: at, message, details: { instruction, shown } }) {
  return html`
    <li>
      <h2>${instruction}</h2>
      <dl class="shown">
        ${shown.map(({ name, value }) => html`<dt>${name}</dt><dd class="${isLong(value) && 'long'}">${value}</dd>`)}
        <dt>Asked by</dt><dd>${client}</dd>
      </dl>
      <p class="detail">${user}, <time datetime="${at}">${at.slice(11, 19)} UTC</time>. ${message}</p>
      ${decision(id)}
    </li>`;
}

/** A word that would break in the largest letters on a narrow phone. */
function isLong(value) {
  return value.split(' ').some((word) => word.length > 9);
}

function decision(id) {
  return html`
      <form method="post" action="/phone/challenges/${id}">
        <div class="actions">
          <button class="primary" name="decision" value="approve">Approve</button>
          <button name="decision" value="deny">Deny</button>
        </div>
      </form>`;
}

function card({ id, user, client, action, scope, transfer, created_at: at, ip, browser }, here) {
  const local = ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';
  return html`
    <li>
      <h2>${client} asks for your approval</h2>
      <dl>
        ${transfer && html`
        <dt>Send</dt><dd><strong>${transfer.amount} ${transfer.currency}</strong></dd>
        <dt>To account</dt><dd><strong>${transfer.to}</strong></dd>
        <dt>From account</dt><dd>${transfer.from}</dd>`}
        <dt>To be able to</dt><dd>${linesOf(action)}</dd>
        <dt>User</dt><dd>${user}</dd>
        <dt>When</dt><dd><time datetime="${at}">${at.slice(11, 19)} UTC</time></dd>
        <dt>From</dt><dd>${local ? here : ip}${browser && html`, ${nameOf(browser)}`}</dd>
        ${scope && html`<dt>Permission</dt><dd><code>${scope}</code></dd>`}
      </dl>
      ${decision(id)}
    </li>`;
}

function linesOf(action) {
  return action ? action.split('; ').map((line) => html`<div>${line}</div>`) : 'confirm that it is you';
}

/** The browser's name is enough to recognise one's own. */
function nameOf(userAgent) {
  const known = /(Firefox|Edg|OPR|HeadlessChrome|Chrome|Safari|curl)\//.exec(userAgent)?.[1];
  return { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chrome' }[known] ?? known ?? 'unknown browser';
}
