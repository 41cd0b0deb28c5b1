'use strict';

/** @import {Event, PostLoginAPI} from '@auth0/actions/post-login/v3' */

/**
 * step-up: whoever asks for `transfer:funds` approves a push on their phone first.
 *
 * Runs first. `challengeWith` pauses the flow here, so that the next Action, step-up-guard, sees what came of it;
 * `api.multifactor.enable` would put the challenge after the last Action, where nothing can look at it any more.
 *
 * It challenges each time, also when the session has done MFA a moment ago: one approval is for one token. With
 * prompt=none there is nobody to ask, and Auth0 answers login_required "Multifactor authentication required".
 *
 * On flows without a person (refresh, password, device, token exchange, …) it does nothing: there is no one to ask,
 * and step-up-guard takes the scope away.
 */

const SCOPE = 'transfer:funds';
const FACTOR = 'push-notification';
/** @type {unknown[]} */
const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile', 'oidc-hybrid-profile'];

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!INTERACTIVE.includes(event.transaction?.protocol)) return;
  if (!asksFor(SCOPE, event)) return;

  const factors = event.user?.enrolledFactors;
  if (Array.isArray(factors) && !factors.some((factor) => factor?.type === FACTOR)) {
    // Enrolling here would let whoever holds the password choose the phone that approves the transfer.
    api.access.deny('To send money, first register a phone for approvals with your bank.');
    return;
  }

  // The guard accepts only an approval that came after this mark, in this transaction. Metadata lives as long as the
  // transaction and survives the pause; `authentication.methods` is the whole session's and proves less.
  api.transaction.setMetadata('step_up_at', Date.now());
  // otpFallback: a code can be phished and read out over the phone; the push is bound to this login.
  api.authentication.challengeWith({ type: FACTOR, options: { otpFallback: false } });
};

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
