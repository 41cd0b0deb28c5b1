// Step-up: a challenge in, a token that answers it out. The popup comes first, since the page with its bank session
// stays alive behind it; where the browser blocks it the whole page leaves for the tenant, and the pending transfer
// waits in sessionStorage until it is back.
//
// An approval is for one transfer: the challenge names it in a text that the bank has signed, and without a text that
// is about the transfer at hand nobody is asked.
//
// The challenge's max_age is not passed on: at /authorize it means the age of the login, and would ask for the
// password again. The tenant asks for a fresh second factor whenever this scope is asked for.

import { GenericError, PopupOpenError } from '@auth0/auth0-spa-js';
import type { Credential } from './api.ts';
import type { Auth } from './auth.ts';
import type { StepUpChallenge } from './challenge.ts';
import type { PendingTransfer } from './pending-transfer.ts';
import { Refusal } from './problem.ts';
import { tenantRefusal } from './tenant-refusal.ts';
import type { Place } from './transfer.ts';
import { isAbout } from './transfer-text.ts';

export class StepUp {
  readonly #auth: Auth;

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  /** A token that answers the challenge. Throws a Refusal; does not return if the page leaves for the tenant. */
  async answer({ scope, transfer }: StepUpChallenge, pending: PendingTransfer, place: Place): Promise<Credential> {
    if (transfer === undefined) throw new Refusal('nothing_to_approve', 0, {}, { from: 'page' });
    if (!(await isAbout(transfer, pending))) throw new Refusal('other_transfer', 0, { transfer }, { from: 'page' });
    try {
      if (place === 'here') return await this.#auth.leave('step-up', scope, transfer);
      return await this.#silentThenPopup(scope, transfer);
    } catch (error) {
      if (error instanceof PopupOpenError) return this.#auth.leave('step-up', scope, transfer);
      throw tenantRefusal(error);
    }
  }

  async #silentThenPopup(scope: string, transfer: string): Promise<Credential> {
    const token = (await this.#askSilently(scope, transfer)) ?? (await this.#auth.tokenByPopup(scope, transfer));
    if (token === undefined) throw new GenericError('scope_not_granted', `The tenant granted no ${scope}`);
    return token;
  }

  // The SDK opens its popup by itself only where the silent question says that MFA is missing. A browser that blocks
  // third-party cookies, or a customer who signed in with the bank's password, gets login_required instead.
  async #askSilently(scope: string, transfer: string): Promise<Credential | undefined> {
    try {
      return await this.#auth.tokenFor(scope, transfer);
    } catch (error) {
      const needsPerson = ['login_required', 'consent_required', 'interaction_required'];
      if (error instanceof GenericError && needsPerson.includes(error.error)) return undefined;
      throw error;
    }
  }
}
