'use strict';

/** @import {Event, PostLoginAPI} from '@auth0/actions/post-login/v3' */

/**
 * step-up-guard: no access token leaves with `transfer:funds` unless a push was approved in this very transaction.
 *
 * post-login runs on every way to a token: interactive login, single sign-on, prompt=none, refresh, password, device,
 * token exchange, and whatever Auth0 adds. The guard therefore names the two cases in which the scope stays and takes
 * it away in all others, asked for or not: a list of the cases to refuse would be open for the ones it forgets. The
 * published hole of step-up Actions is one of them: a refresh token got together with MFA brings the scope back for
 * weeks without it.
 *
 * The scope stays at a step-up, if all of this holds:
 *   1. the protocol is an interactive one that yields one access token (hybrid flows yield two);
 *   2. the transaction itself asked for the scope;
 *   3. the user is there in person: no delegated session, no session or token handed over from another app;
 *   4. step-up challenged in this transaction (its marks in the transaction's metadata), and no later request of the
 *      same user is known;
 *   5. the session's methods hold an `mfa` by push that came after that mark, minutes ago at most.
 *
 * Then the access token says which approval it has (`approval_id`: the API takes each for one transfer, however many
 * tokens carry it), when it was given (`mfa_at`, in seconds) and, if the request named one, for which transfer.
 *
 * It stays too for an approval by the back channel (CIBA), which Auth0 gives no token without: the push is the request
 * itself, and its details stand in the token. Only for the bank's client that carries the mark `approvals`, which the
 * bank keeps the key of. Such a token gets none of these claims: by itself it pays nothing.
 */

const SCOPE = 'transfer:funds';
const FACTOR = 'push-notification';
const CLAIM_APPROVAL = 'https://my-banking-api/approval_id';
const CLAIM_TIME = 'https://my-banking-api/mfa_at';
const CLAIM_TRANSFER = 'https://my-banking-api/transfer';
/** @type {unknown[]} */
const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile'];
const BACK_CHANNEL = 'oidc-ciba';
/** The client's metadata `approvals`. */
const APPROVALS = 'back-channel';

const MAX_AGE = 5 * 60 * 1000;
/** Auth0 writes the timestamp on one machine and runs this Action on another. */
const CLOCK_SKEW = 5 * 1000;

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  if (isByBackChannel(event)) return;
  const approval = approvalIn(event, Date.now());
  if (!approval) {
    api.accessToken.removeScope(SCOPE);
    return;
  }
  api.accessToken.setCustomClaim(CLAIM_APPROVAL, approval.id);
  api.accessToken.setCustomClaim(CLAIM_TIME, Math.floor(approval.at / 1000));
  if (approval.transfer !== undefined) api.accessToken.setCustomClaim(CLAIM_TRANSFER, approval.transfer);
  // step-up's count of requests that were not approved.
  api.user.setAppMetadata('step_up', null);
};

/** @param {Event} event */
function isByBackChannel({ transaction, client, session, session_transfer_token: handedOver }) {
  return (
    transaction?.protocol === BACK_CHANNEL &&
    client?.metadata?.approvals === APPROVALS &&
    Array.isArray(transaction.requested_scopes) &&
    transaction.requested_scopes.includes(SCOPE) &&
    !session &&
    !transaction.actor &&
    !handedOver
  );
}

/**
 * What was approved in this transaction and when (ms), or undefined.
 *
 * @param {Event} event
 * @param {number} now
 * @returns {{id: string, at: number, transfer?: string} | undefined}
 */
function approvalIn(event, now) {
  const { transaction, session } = event;
  if (!transaction || !INTERACTIVE.includes(transaction.protocol)) return undefined;
  if (!Array.isArray(transaction.requested_scopes) || !transaction.requested_scopes.includes(SCOPE)) return undefined;
  if (session?.actor || transaction.actor || event.session_transfer_token) return undefined;

  const { step_up_at: challengedAt, approval_id: id, transfer } = transaction.metadata ?? {};
  if (typeof challengedAt !== 'number' || !Number.isFinite(challengedAt)) return undefined;
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{22,64}$/.test(id)) return undefined;
  if (transfer !== undefined && typeof transfer !== 'string') return undefined;
  if (lastAskedAt(event) > challengedAt) return undefined;

  const methods = event.authentication?.methods;
  if (!Array.isArray(methods)) return undefined;
  const approvals = methods
    // Auth0 names the factor in `type`; its reference of the event does not list the member, so it may be missing.
    .filter((method) => method?.name === 'mfa' && (method.type === undefined || method.type === FACTOR))
    .map((method) => Date.parse(method.timestamp))
    .filter((at) => at >= challengedAt - CLOCK_SKEW && at >= now - MAX_AGE && at <= now + CLOCK_SKEW);
  return approvals.length > 0 ? { id, at: Math.max(...approvals), transfer } : undefined;
}

/**
 * When step-up last asked this user, in any transaction. Of several requests that wait on one phone, only the newest
 * can be approved: which of them a push belongs to, its reader cannot tell.
 *
 * @param {Event} event
 */
function lastAskedAt({ user }) {
  const asks = user?.app_metadata?.step_up;
  return typeof asks === 'object' && asks !== null && 'asked_at' in asks ? Number(asks.asked_at) : 0;
}
