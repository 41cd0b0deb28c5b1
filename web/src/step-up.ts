// Step-up: a challenge in, a token that answers it out. The popup comes first, since the page with its bank session
// stays alive behind it; where the browser blocks it the whole page leaves for the tenant, and the pending transfer
// waits in sessionStorage until it is back.
//
// The challenge's max_age is not passed on: at /authorize it means the age of the login, and would ask for the
// password again. The tenant asks for a fresh second factor whenever this scope is asked for.

import { GenericError, PopupCancelledError, PopupOpenError, PopupTimeoutError, TimeoutError } from '@auth0/auth0-spa-js';
import type { Auth } from './auth.ts';
import type { StepUpChallenge } from './challenge.ts';
import type { Journal } from './journal.ts';
import { Refusal } from './problem.ts';

export class StepUp {
  readonly #auth: Auth;
  readonly #journal: Journal;

  constructor(auth: Auth, journal: Journal) {
    this.#auth = auth;
    this.#journal = journal;
  }

  /** A token that answers the challenge. Throws a Refusal; does not return if the page leaves for the tenant. */
  async answer({ scope }: StepUpChallenge): Promise<string> {
    try {
      const token = await this.#silentThenPopup(scope);
      this.#journal.record({ party: 'tenant', title: 'Second factor', ok: true, outcome: 'approved', detail: { scope, form: 'popup' } });
      return token;
    } catch (error) {
      if (error instanceof PopupOpenError) return this.leave(scope);
      const refusal = stepUpRefusal(error);
      this.#journal.record({ party: 'tenant', title: 'Second factor', ok: false, outcome: refusal.code, detail: refusal.detail });
      throw refusal;
    }
  }

  /** The same by redirect, for whoever's popup does not show. */
  leave(scope: string): Promise<never> {
    return this.#auth.leave('step-up', scope);
  }

  async #silentThenPopup(scope: string): Promise<string> {
    const before = await this.#auth.identity();
    const token = (await this.#askSilently(scope)) ?? (await this.#auth.tokenByPopup(scope));
    if (token === undefined) throw new GenericError('scope_not_granted', `The tenant granted no ${scope}`);
    const after = await this.#auth.identity();
    if (before !== undefined && after?.subject !== before.subject) {
      throw new GenericError('another_person', 'The step-up was made by another user than the sign-in');
    }
    return token;
  }

  // The SDK opens its popup by itself only where the silent question says that MFA is missing. A browser that blocks
  // third-party cookies, or a customer who signed in with the bank's password, gets login_required instead.
  async #askSilently(scope: string): Promise<string | undefined> {
    try {
      return await this.#auth.tokenFor(scope);
    } catch (error) {
      const loginNeeded = error instanceof GenericError && ['login_required', 'consent_required', 'interaction_required'].includes(error.error);
      if (loginNeeded) return undefined;
      throw error;
    }
  }
}

const tenantErrors: Readonly<Record<string, string>> = {
  access_denied: 'step_up_denied',
  scope_not_granted: 'scope_not_granted',
  another_person: 'another_person',
};

/** What stopped a step-up, as a refusal with words of its own. */
export function stepUpRefusal(error: unknown): Refusal {
  if (error instanceof PopupCancelledError) return refused('step_up_cancelled', { error: error.error });
  if (error instanceof PopupTimeoutError) {
    error.popup.close();
    return refused('step_up_ignored', { error: error.error });
  }
  if (error instanceof TimeoutError) return refused('tenant_unreachable', { error: error.error });
  if (error instanceof GenericError) {
    const { error: code, error_description: description } = error;
    return refused(tenantErrors[code] ?? 'step_up_failed', { error: code, error_description: description });
  }
  return refused('tenant_unreachable', { reason: String(error) });
}

function refused(code: string, detail: Record<string, unknown>): Refusal {
  return new Refusal(code, 0, detail, { from: 'tenant' });
}
