'use strict';

const { createHash, createHmac, randomBytes, timingSafeEqual } = require('node:crypto');

/** @import {Event, PostLoginAPI, Secrets} from '@auth0/actions/post-login/v3' */

/**
 * step-up: a person who asks for `transfer:funds` approves a push on their phone first.
 *
 * It runs first. `challengeWith` pauses the flow here, so that the next Action, step-up-guard, sees what came of it;
 * `api.multifactor.enable` would put the challenge after the last Action, where nothing can look at it any more.
 *
 * It challenges each time, also when the session has done MFA a moment ago: one approval is for one transfer. With
 * prompt=none nobody is asked, and Auth0 answers login_required "Multifactor authentication required".
 *
 * On flows without a person (refresh, password, device, token exchange, …) it does nothing: step-up-guard takes the
 * scope away.
 *
 * The phone rings for nobody else:
 *
 *   1. The bank signs what is to be approved. POST /transfer answers with a transfer text, which the app passes on as
 *      the parameter `ext-transfer`. A text that is malformed, expired, forged or for another person is refused before
 *      any push. Without a text, APPROVAL_BINDING decides: `required` refuses, `optional` asks all the same.
 *   2. Each request that is not approved makes the next one wait longer, from the second on (PAUSES). The same transfer
 *      may be tried again at once a few times: a person who closed the window is not locked out. The count stands in
 *      the user's app_metadata; step-up-guard clears it after an approval, and lets none but the newest request pass.
 *
 * A transfer text, version 1: nine fields, a space between them, at most 255 characters. Auth0 refuses an ext-
 * parameter that is longer or has others than [-\w.*~@+ /:].
 *
 *   v1 EXPIRES PEOPLE FROM TO AMOUNT CURRENCY KEY MAC
 *
 *   EXPIRES  seconds since 1970
 *   PEOPLE   1 to 5 joined by dots, each the first 22 characters of base64url(sha256("sub\0" + user_id))
 *   KEY      22 characters of a hash of the Idempotency-Key and the transfer's reference, the bank's to read
 *   MAC      base64url(HMAC-SHA256(APPROVAL_SECRET, "drawbridge transfer\0" + all before the last space))
 *
 * Two secrets are good, APPROVAL_SECRET and APPROVAL_SECRET_PREVIOUS, so that they can be changed one after the other.
 * The bank's side of it is shared/approval.
 */

const SCOPE = 'transfer:funds';
const FACTOR = 'push-notification';
/** @type {unknown[]} */
const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile'];

const PARAMETER = 'ext-transfer';
const PERSON = '[A-Za-z0-9_-]{22}';
const CORE = `\\d{10}-\\d{2} \\d{10}-\\d{2} (?:0|[1-9]\\d{0,15})(?:\\.\\d{1,4})? [A-Z]{3} ${PERSON}`;
const TEXT = new RegExp(`^(v1 (\\d{10}) (${PERSON}(?:\\.${PERSON}){0,4}) (${CORE})) ([A-Za-z0-9_-]{43})$`);
/** An empty or unset secret must not become a key that everybody knows. */
const SECRET = /^[A-Za-z0-9_-]{43,}$/;

/** How long the next request waits after 1, 2, 3, … that were not approved, in seconds. The last holds for all more. */
const PAUSES = [0, 60, 120, 300, 900, 3600];
/** So often the same transfer may be asked for again without a pause. */
const RETRIES = 3;

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!INTERACTIVE.includes(event.transaction?.protocol)) return;
  if (!asksFor(SCOPE, event)) return;

  const { transfer, refusal } = readTransfer(event, Date.now());
  if (refusal) {
    console.log(`step-up: no push, ${refusal}`);
    api.access.deny('This is not a transfer that you just started at your bank. Go back to the bank and try again.');
    return;
  }
  const factors = event.user?.enrolledFactors;
  if (Array.isArray(factors) && !factors.some((factor) => factor?.type === FACTOR)) {
    // Enrolling here would let an attacker who has the password choose the phone that approves the transfer.
    api.access.deny('To send money, first register a phone for approvals with your bank.');
    return;
  }

  const now = Date.now();
  const asks = nextAsks(event.user.app_metadata?.step_up, transfer, now);
  if (asks.wait > 0) {
    console.log(`step-up: no push, the last one is too fresh after ${asks.unanswered}`);
    api.access.deny(`A request waits on your phone. Answer it there, or try again in ${duration(asks.wait)}.`);
    return;
  }
  if (!event.transaction?.prompt?.includes('none')) {
    api.user.setAppMetadata('step_up', { asked_at: now, unanswered: asks.unanswered + 1, transfer: nameOf(transfer) });
  }

  // The guard accepts only an approval that came after this mark, in this transaction. Metadata lives as long as the
  // transaction and survives the pause; `authentication.methods` is the whole session's and proves less, and
  // `event.request` is another one after the pause.
  api.transaction.setMetadata('step_up_at', now);
  api.transaction.setMetadata('approval_id', randomBytes(16).toString('base64url'));
  if (transfer) api.transaction.setMetadata('transfer', transfer);
  // otpFallback: a code can be phished and read out over the phone; the push is bound to this login.
  api.authentication.challengeWith({ type: FACTOR, options: { otpFallback: false } });
};

/**
 * The transfer that the request is about, `FROM TO AMOUNT CURRENCY KEY`, if it names one; or why nobody is asked.
 *
 * @param {Event} event
 * @param {number} now
 * @returns {{transfer?: string, refusal?: string}}
 */
function readTransfer({ request, secrets, user }, now) {
  const given = [request?.query?.[PARAMETER], request?.body?.[PARAMETER]].filter((value) => value !== undefined);
  if (given.length === 0) {
    return secrets?.APPROVAL_BINDING === 'optional' ? {} : { refusal: 'the request names no transfer' };
  }
  const [text] = given;
  // A parameter that was sent twice is a list.
  if (given.length > 1 || typeof text !== 'string') return { refusal: 'the request names several transfers' };

  const [, signed = '', expires, people = '', transfer, mac = ''] = TEXT.exec(text) ?? [];
  if (!transfer) return { refusal: 'the transfer text is malformed' };
  if (!isSigned(signed, mac, secrets)) return { refusal: 'the transfer text is not signed by the bank' };
  if (Number(expires) * 1000 <= now) return { refusal: 'the transfer text has expired' };
  if (!people.split('.').includes(digest(`sub\0${user.user_id}`)))
    return { refusal: "the transfer is not this user's" };
  return { transfer };
}

/**
 * @param {string} signed
 * @param {string} mac
 * @param {Secrets} [secrets]
 */
function isSigned(signed, mac, secrets) {
  return [secrets?.APPROVAL_SECRET, secrets?.APPROVAL_SECRET_PREVIOUS].some((secret) => {
    if (!SECRET.test(secret ?? '')) return false;
    const expected = createHmac('sha256', secret ?? '').update(`drawbridge transfer\0${signed}`).digest('base64url');
    return timingSafeEqual(Buffer.from(expected), Buffer.from(mac));
  });
}

/**
 * How many requests were not approved since the last approval, and how many seconds the next one must wait.
 *
 * @param {any} asks  from app_metadata: {asked_at in ms, unanswered, transfer}
 * @param {string | undefined} transfer
 * @param {number} now
 */
function nextAsks(asks, transfer, now) {
  const unanswered = Number.isInteger(asks?.unanswered) && asks.unanswered > 0 ? asks.unanswered : 0;
  if (unanswered === 0 || (transfer && asks.transfer === nameOf(transfer) && unanswered <= RETRIES)) {
    return { unanswered, wait: 0 };
  }
  const pause = PAUSES[Math.min(unanswered, PAUSES.length) - 1] ?? 0;
  const since = Math.max(0, (now - asks.asked_at) / 1000);
  return { unanswered, wait: Math.max(0, Math.ceil(pause - since)) };
}

/**
 * A transfer in the user's profile: enough to know it again, and not what it says.
 *
 * @param {string | undefined} transfer
 */
function nameOf(transfer) {
  return transfer ? digest(transfer) : '';
}

/** @param {string} text */
function digest(text) {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** @param {number} seconds */
function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

/**
 * requested_scopes is optional, so the request itself is read too: asking once too often does no harm.
 *
 * @param {string} scope
 * @param {Event} event
 */
function asksFor(scope, event) {
  const asked = event.transaction?.requested_scopes;
  return (
    (Array.isArray(asked) && asked.includes(scope)) ||
    holds(scope, event.request?.query?.scope) ||
    holds(scope, event.request?.body?.scope)
  );
}

/**
 * @param {string} scope
 * @param {unknown} list  separated by spaces, if it is a text
 */
function holds(scope, list) {
  return typeof list === 'string' && list.split(/\s+/).includes(scope);
}
