// The tenant, through auth0-spa-js: who is signed in and which tokens this page holds. Code + PKCE only, tokens in
// memory only. `openid` is the one scope that every request shares, so that a step-up asks for exactly what the
// challenge named: by default the SDK would add every scope it has ever been given.

import { Auth0Client } from '@auth0/auth0-spa-js';
import type { Config } from './config.ts';
import type { Journal } from './journal.ts';
import type { Refusal } from './problem.ts';
import { TokenCache } from './token-cache.ts';

/** What a plain sign-in asks for. */
export const readScope = 'view:balance';

/** The bank's own login wants to know that the person was there seconds ago, not in a session of this morning (LOGIN_MAX_AUTH_AGE). */
const freshLogin = 300;

export interface Identity {
  readonly subject: string;
  readonly name: string;
  /** The id_token as it came: the bridge posts it to the bank's own login. */
  readonly idToken: string;
  /** Whether the tenant's Action put the bank's one-time `session_id` into it. Silent and step-up logins carry none. */
  readonly bridged: boolean;
}

/** Why the browser was sent to the tenant; it comes back with the answer. */
export type Errand = 'sign-in' | 'step-up';

/** How the browser came back: without an errand if the answer belongs to none of ours, with a refusal if it was no. */
export interface Returned {
  readonly errand: Errand | undefined;
  readonly refusal?: Refusal;
}

// How long a silent question may take before the tenant counts as unreachable, and how long a person may take to
// find the phone: the SDK has one setting for both, so the silent calls give their own.
const silentTimeout = 8;
const patience = 300;

export class Auth {
  readonly #client: Auth0Client;
  readonly #cache = new TokenCache();
  readonly #journal: Journal;

  constructor(config: Config, journal: Journal) {
    this.#journal = journal;
    this.#client = new Auth0Client({
      domain: config.issuer.replace(/\/$/, ''),
      clientId: config.clientId,
      cache: this.#cache,
      interactiveErrorHandler: 'popup',
      authorizeTimeoutInSeconds: patience,
      authorizationParams: {
        audience: config.audience,
        scope: 'openid',
        redirect_uri: `${location.origin}/callback`,
      },
    });
  }

  /** Leaves for the tenant; the answer arrives at /callback. */
  async leave(errand: Errand, scope: string): Promise<never> {
    this.#journal.record({ party: 'tenant', title: 'GET /authorize', ok: true, outcome: 'redirect', detail: { errand, scope: `openid ${scope}` } });
    const authorizationParams = errand === 'sign-in' ? { scope, max_age: freshLogin } : { scope };
    await this.#client.loginWithRedirect<Errand>({ appState: errand, authorizationParams });
    return new Promise(() => {}); // the page is about to go
  }

  signIn(): Promise<never> {
    return this.leave('sign-in', `profile email ${readScope}`);
  }

  /** Finishes an errand at /callback. Throws the tenant's refusal (access_denied …) with the errand in `appState`. */
  async finish(url: string): Promise<Errand> {
    const { appState } = await this.#client.handleRedirectCallback<Errand>(url);
    this.#journal.record({ party: 'tenant', title: 'POST /oauth/token', ok: true, outcome: 'tokens', detail: { errand: appState } });
    return appState === 'step-up' ? 'step-up' : 'sign-in';
  }

  /** Whether the tenant still knows this browser: asked silently, and only if there was a sign-in here before. */
  async restore(): Promise<boolean> {
    if (!document.cookie.includes('.is.authenticated=')) return false;
    return (await this.readToken({ fresh: true })) !== undefined;
  }

  /** An access token with `view:balance`; undefined if the tenant gives none without asking the person. */
  async readToken({ fresh = false } = {}): Promise<string | undefined> {
    try {
      return await this.#client.getTokenSilently({
        authorizationParams: { scope: `profile email ${readScope}` },
        timeoutInSeconds: silentTimeout,
        cacheMode: fresh ? 'off' : 'on',
      });
    } catch (error) {
      this.#journal.record({ party: 'tenant', title: 'GET /authorize', ok: false, outcome: 'silent', detail: { reason: String(error) } });
      return undefined;
    }
  }

  /** Asks for scope silently; where the tenant answers that a second factor is due, the SDK opens its popup. */
  async tokenFor(scope: string): Promise<string | undefined> {
    const answer = await this.#client.getTokenSilently({
      authorizationParams: { scope },
      timeoutInSeconds: silentTimeout,
      detailedResponse: true,
      cacheMode: 'off',
    });
    return this.#ifGranted(answer, scope);
  }

  /** Asks for scope in a popup at once. Throws PopupOpenError where the browser blocks it. */
  async tokenByPopup(scope: string): Promise<string | undefined> {
    await this.#client.loginWithPopup({ authorizationParams: { scope } });
    return this.grantedToken(scope);
  }

  /** The token with scope that an errand brought back, if it did. */
  async grantedToken(scope: string): Promise<string | undefined> {
    const answer = await this.#client.getTokenSilently({ authorizationParams: { scope }, cacheMode: 'cache-only', detailedResponse: true });
    return this.#ifGranted(answer, scope);
  }

  // A tenant may answer with fewer scopes than were asked for and says so in `scope` (RFC 6749 section 5.1).
  #ifGranted(answer: { access_token: string; scope?: string } | undefined, scope: string): string | undefined {
    if (answer === undefined) return undefined;
    const granted = answer.scope?.split(' ');
    return granted === undefined || granted.includes(scope) ? answer.access_token : undefined;
  }

  forget(scope: string): void {
    this.#cache.forget(scope);
  }

  /** Who the tenant last said is here. */
  async identity(): Promise<Identity | undefined> {
    const claims = await this.#client.getIdTokenClaims();
    if (claims === undefined) return undefined;
    const name = claims.name ?? claims.nickname ?? claims.email ?? 'you';
    return { subject: claims.sub, name, idToken: claims.__raw, bridged: typeof claims.session_id === 'string' };
  }

  /** Ends the tenant's session too, by leaving for its /v2/logout. */
  async signOut(): Promise<never> {
    await this.#client.logout({ logoutParams: { returnTo: location.origin } });
    return new Promise(() => {});
  }
}
