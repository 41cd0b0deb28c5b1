'use strict';

/** @import {Event, PostLoginAPI} from '@auth0/actions/post-login/v3' */

/**
 * step-up-guard: no access token leaves with `transfer:funds` unless a second factor was given in this very transaction.
 *
 * post-login runs on every way to a token: interactive login, single sign-on, prompt=none, refresh, password, device,
 * token exchange, and whatever Auth0 adds. The guard therefore names the one case in which the scope stays and takes
 * it away in all others, asked for or not: a list of the cases to refuse would be open for the ones it forgets. The
 * published hole of step-up Actions is one of them: a refresh token got together with MFA brings the scope back for
 * weeks without it.
 *
 * The scope stays if all of this holds:
 *   1. the protocol is an interactive one;
 *   2. the transaction itself asked for the scope;
 *   3. step-up challenged in this transaction (its mark in the transaction's metadata);
 *   4. the session's methods hold an `mfa` that came after that mark, minutes ago at most.
 *
 * Then the access token also says when, as `mfa_at` in seconds: it carries neither acr nor amr, and the API wants to
 * know how old the approval is.
 */

const SCOPE = 'transfer:funds';
const CLAIM = 'https://my-banking-api/mfa_at';
/** @type {unknown[]} */
const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile', 'oidc-hybrid-profile'];

const MAX_AGE = 5 * 60 * 1000;
/** Who writes the timestamp and who runs this Action are two machines. */
const CLOCK_SKEW = 5 * 1000;

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  const approvedAt = approvalIn(event, Date.now());
  if (approvedAt === undefined) {
    api.accessToken.removeScope(SCOPE);
    return;
  }
  api.accessToken.setCustomClaim(CLAIM, Math.floor(approvedAt / 1000));
};

/**
 * The time (ms) at which this transaction's challenge was approved, or undefined.
 *
 * @param {Event} event
 * @param {number} now
 */
function approvalIn(event, now) {
  const transaction = event.transaction;
  if (!transaction || !INTERACTIVE.includes(transaction.protocol)) return undefined;
  if (!Array.isArray(transaction.requested_scopes) || !transaction.requested_scopes.includes(SCOPE)) return undefined;

  const challengedAt = transaction.metadata?.step_up_at;
  if (typeof challengedAt !== 'number' || !Number.isFinite(challengedAt)) return undefined;

  const methods = event.authentication?.methods;
  if (!Array.isArray(methods)) return undefined;
  const approvals = methods
    .filter((method) => method?.name === 'mfa')
    .map((method) => Date.parse(method.timestamp))
    .filter((at) => at >= challengedAt - CLOCK_SKEW && at >= now - MAX_AGE && at <= now + CLOCK_SKEW);
  return approvals.length > 0 ? Math.max(...approvals) : undefined;
}
