// What stopped a sign-in or a step-up, as a refusal with words of its own. An error that names its cause is told as
// that; any other is told as unknown, and blamed on nobody.

import {
  GenericError,
  PopupCancelledError,
  PopupOpenError,
  PopupTimeoutError,
  TimeoutError,
} from '@auth0/auth0-spa-js';
import { Refusal } from './problem.ts';

const tenantErrors: Readonly<Record<string, string>> = {
  access_denied: 'step_up_denied',
  scope_not_granted: 'scope_not_granted',
  another_person: 'another_person',
};

// Why the Action step-up lets no phone ring, by the words in which it says so (auth0/actions/step-up.js).
const denials: readonly [RegExp, string][] = [
  [/^A request waits on your phone\./, 'step_up_paused'],
  [/^To send money, first register a phone/, 'no_phone'],
  [/^This is not a transfer that you just started/, 'step_up_stale'],
  [/^A newer request took the place of this one\./, 'step_up_replaced'],
];

/** The refusal of a step-up. */
export function tenantRefusal(error: unknown): Refusal {
  if (error instanceof PopupCancelledError) return refused('step_up_cancelled', error);
  if (error instanceof PopupTimeoutError) {
    error.popup.close();
    return refused('step_up_ignored', error);
  }
  if (error instanceof TimeoutError) return refused('tenant_unreachable', error);
  if (error instanceof GenericError) {
    const denial = denials.find(([words]) => error.error === 'access_denied' && words.test(error.error_description));
    return refused(denial?.[1] ?? tenantErrors[error.error] ?? 'step_up_failed', error);
  }
  if (isOffline(error)) return refused('tenant_unreachable', error);
  return refused(isAboutTime(error) ? 'clock_off' : 'step_up_failed', error);
}

// What the SDK calls an answer that belongs to no request of this tab.
const notOurs = new Set(['missing_transaction', 'state_mismatch']);

/** The refusal of a sign-in. */
export function signInRefusal(error: unknown): Refusal {
  const { code } = tenantRefusal(error);
  if (code === 'step_up_denied') return refused('sign_in_denied', error);
  if (code === 'tenant_unreachable' || code === 'clock_off') return refused(code, error);
  const stray = error instanceof GenericError && notOurs.has(error.error);
  return refused(stray ? 'sign_in_not_ours' : 'sign_in_failed', error);
}

const ofWindow: Readonly<Record<string, string>> = {
  step_up_cancelled: 'window_closed',
  step_up_ignored: 'window_ignored',
  step_up_denied: 'login_denied',
  tenant_unreachable: 'tenant_unreachable',
  clock_off: 'clock_off',
};

/** The refusal of a login in a window of its own. */
export function windowRefusal(error: unknown): Refusal {
  if (error instanceof PopupOpenError) return refused('window_blocked', error);
  return refused(ofWindow[tenantRefusal(error).code] ?? 'sign_in_failed', error);
}

// fetch says no more than that it failed, each browser in words of its own.
function isOffline(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}

// The SDK found an id_token outside of its time: "…(exp) claim error in the ID token; current time (…) is after …".
function isAboutTime(error: unknown): boolean {
  return error instanceof Error && /\((exp|nbf|iat|auth_time)\).*current time/is.test(error.message);
}

// "…try again in 5 minutes."
function retryAfter(error: unknown): number | undefined {
  const said =
    error instanceof GenericError && /try again in (a minute|(\d{1,3}) minutes)\.$/.exec(error.error_description);
  return said ? 60 * Number(said[2] ?? 1) : undefined;
}

function refused(code: string, error: unknown): Refusal {
  const detail =
    error instanceof GenericError
      ? { error: error.error, error_description: error.error_description }
      : { reason: String(error) };
  return new Refusal(code, 0, detail, { from: 'tenant', retryAfter: retryAfter(error), cause: error });
}
