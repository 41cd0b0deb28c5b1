// The tenant, through auth0-spa-js: who is signed in and which tokens this page holds. Code + PKCE only, tokens in
// memory only. `openid` is the one scope that every request shares, so that a step-up asks for exactly what the
// challenge named: by default the SDK would add every scope it has ever been given.
//
// The person who is signed in stays signed in. In this browser's popup, or in another tab, somebody else may have
// signed in at the tenant, which would answer with their tokens: these are dropped, and the SDK holds what it held.
//
// The SDK proves a key of this browser wherever it asks for tokens (DPoP, RFC 9449). The tenant says by the token_type
// whether a token is bound to that key.

import { Auth0Client, GenericError, type LogoutOptions } from '@auth0/auth0-spa-js';
import type { Credential } from './api.ts';
import { type BoundFetch, boundFetch } from './bound-fetch.ts';
import type { Config } from './config.ts';
import type { HostClock } from './host-clock.ts';
import type { Refusal } from './problem.ts';
import { TokenCache } from './token-cache.ts';
import { textParameter } from './transfer-text.ts';

/** What a plain sign-in asks for. */
const readScope = 'view:balance';

const signInScope = `profile email ${readScope}`;

/** The bank's own login wants a person who was there seconds ago, not in a session of this morning. */
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
type Errand = 'sign-in' | 'step-up';

// What the SDK keeps of an errand until its answer comes, and whose it is, if somebody was signed in.
interface State {
  readonly errand: Errand;
  readonly subject?: string;
}

/** How the browser came back: with the errand that the answer belongs to, if it is ours, and a refusal if it was no. */
export interface Returned {
  readonly errand: Errand | undefined;
  readonly refusal?: Refusal;
}

// In seconds: after how long a silent question counts as unanswered, and how long a person may take to find the phone.
// The SDK has one setting for both, so the silent calls give their own.
const silentTimeout = 8;
const patience = 300;

/**
 * On login_required the SDK logs out by itself, and does not wait for the end of that: it would take the key from
 * tokens that are kept, or from the login that comes next. So a session ends when this app says so.
 */
class Client extends Auth0Client {
  override async logout(): Promise<void> {}

  end(options?: LogoutOptions): Promise<void> {
    return super.logout(options);
  }
}

export class Auth {
  readonly #client: Client;
  readonly #cache = new TokenCache();
  /** Sends a request with a token that is bound to this browser's key. */
  readonly fetch: BoundFetch;

  constructor(config: Config, clock: HostClock) {
    this.#client = new Client({
      domain: config.issuer.replace(/\/$/, ''),
      clientId: config.clientId,
      cache: this.#cache,
      useDpop: true,
      interactiveErrorHandler: 'popup',
      nowProvider: () => clock.now(),
      authorizeTimeoutInSeconds: patience,
      authorizationParams: {
        audience: config.audience,
        scope: 'openid',
        redirect_uri: `${location.origin}/callback`,
      },
    });
    this.fetch = boundFetch(this.#client);
  }

  /** Leaves for the tenant, for a step-up with the text of the transfer; the answer arrives at /callback. */
  async leave(errand: Errand, scope: string, transfer?: string): Promise<never> {
    const subject = errand === 'step-up' ? (await this.identity())?.subject : undefined;
    await this.#client.loginWithRedirect<State>({
      appState: { errand, ...(subject !== undefined && { subject }) },
      authorizationParams: errand === 'sign-in' ? { scope, max_age: freshLogin } : stepUpParams(scope, transfer!),
    });
    return new Promise(() => {}); // the page is about to go
  }

  signIn(): Promise<never> {
    return this.leave('sign-in', signInScope);
  }

  /**
   * Somebody gives their password in a popup now; the bank's session_id is in the id_token. From here on the tenant's
   * session is theirs, and signOut ends it. Throws PopupOpenError where the browser blocks the popup.
   */
  async loginByPopup(): Promise<Identity> {
    const authorizationParams = { scope: signInScope, prompt: 'login' as const, max_age: freshLogin };
    await this.#client.loginWithPopup({ authorizationParams });
    return (await this.identity())!;
  }

  /** Finishes an errand at /callback. Throws what the tenant refused it with (access_denied …); errandOf names it. */
  async finish(url: string): Promise<Errand> {
    const { appState } = await this.#client.handleRedirectCallback<State>(url);
    const errand = appState?.errand ?? 'sign-in';
    if (appState?.subject !== undefined && (await this.identity())?.subject !== appState.subject) {
      this.#cache.restore(new Map());
      throw Object.assign(anotherPerson(), { appState });
    }
    return errand;
  }

  /** Whether the tenant still knows this browser: asked silently, and only if there was a sign-in here before. */
  async restore(): Promise<boolean> {
    if (!document.cookie.includes('.is.authenticated=')) return false;
    return (await this.readToken({ fresh: true })) !== undefined;
  }

  /** An access token with `view:balance`; undefined if the tenant gives none without asking the person. */
  async readToken({ fresh = false } = {}): Promise<Credential | undefined> {
    try {
      const answer = await this.#ofThisPerson(() => this.#silently({ scope: signInScope }, fresh ? 'off' : 'on'));
      return answer && credentialOf(answer);
    } catch {
      return undefined;
    }
  }

  /** A step-up, silently; where the tenant answers that a second factor is due, the SDK opens its popup. */
  async tokenFor(scope: string, transfer: string): Promise<Credential | undefined> {
    const answer = await this.#ofThisPerson(() => this.#silently(stepUpParams(scope, transfer), 'off'));
    return this.#ifGranted(answer, scope);
  }

  /** A step-up in a popup at once. Throws PopupOpenError where the browser blocks it. */
  async tokenByPopup(scope: string, transfer: string): Promise<Credential | undefined> {
    await this.#ofThisPerson(() => this.#client.loginWithPopup({ authorizationParams: stepUpParams(scope, transfer) }));
    return this.grantedToken(scope);
  }

  /** The token with scope that an errand brought back, if it did. */
  async grantedToken(scope: string): Promise<Credential | undefined> {
    return this.#ifGranted(await this.#silently({ scope }, 'cache-only'), scope);
  }

  #silently(
    authorizationParams: { scope: string },
    cacheMode: 'on' | 'off' | 'cache-only',
  ): Promise<Answer | undefined> {
    const options = { authorizationParams, cacheMode, timeoutInSeconds: silentTimeout } as const;
    return this.#client.getTokenSilently({ ...options, detailedResponse: true });
  }

  async #ofThisPerson<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const before = await this.identity();
    const held = this.#cache.snapshot();
    try {
      return await ask();
    } catch (error) {
      if (before === undefined && error instanceof GenericError && error.error === 'login_required')
        await this.forgetKey();
      throw error;
    } finally {
      const after = await this.identity();
      if (before !== undefined && after !== undefined && after.subject !== before.subject) {
        this.#cache.restore(held);
        throw anotherPerson();
      }
    }
  }

  // A tenant may answer with fewer scopes than were asked for and says so in `scope` (RFC 6749 section 5.1).
  #ifGranted(answer: Answer | undefined, scope: string): Credential | undefined {
    if (answer === undefined) return undefined;
    const granted = answer.scope?.split(' ');
    return granted === undefined || granted.includes(scope) ? credentialOf(answer) : undefined;
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

  /** Forgets the tokens and the key that they are bound to, and leaves for the tenant's /v2/logout. */
  async signOut(): Promise<never> {
    await this.#client.end({ logoutParams: { returnTo: location.origin } });
    return new Promise(() => {});
  }

  /** Where there is no session at the tenant: a step-up that was left may have made a key. */
  async forgetKey(): Promise<void> {
    await this.#client.end({ openUrl: false });
  }
}

/** The errand that an error of finish belongs to; undefined if it is none of ours. */
export function errandOf(error: unknown): Errand | undefined {
  return (error as { appState?: State }).appState?.errand;
}

/** What the tenant answers. */
interface Answer {
  readonly access_token: string;
  readonly token_type: string;
  readonly scope?: string;
}

function credentialOf({ access_token: token, token_type: type }: Answer): Credential {
  return type.toLowerCase() === 'dpop' ? { token, bound: true } : { token };
}

function stepUpParams(scope: string, transfer: string): { scope: string; [textParameter]: string } {
  return { scope, [textParameter]: transfer };
}

function anotherPerson(): GenericError {
  return new GenericError('another_person', 'The tenant answered for another user than the one who is signed in');
}
