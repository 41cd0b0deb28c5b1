// Who is signed in at the bank, and with which credential this page reads. Two ways lead here: the bank's own
// username and password, or a sign-in at the tenant whose id_token the bank's login accepts (the login bridge). Both
// end with the bank's authorization code, which this object alone holds, in memory.

import type { BankAPI, BankSession, Credential } from './api.ts';
import { type Auth, readScope } from './auth.ts';
import { Refusal } from './problem.ts';

export interface Person {
  readonly name: string;
  readonly via: 'tenant' | 'bank';
}

export class Session {
  readonly #api: BankAPI;
  readonly #auth: Auth;
  #code: string | undefined;
  #endsAt: Date | undefined;
  #person: Person | undefined;

  constructor(api: BankAPI, auth: Auth) {
    this.#api = api;
    this.#auth = auth;
  }

  get person(): Person | undefined {
    return this.#person;
  }

  /** When the bank's session ends at the latest; undefined if there is none. */
  get endsAt(): Date | undefined {
    return this.#endsAt;
  }

  /** Opens a session with the bank's own username and password. Throws a Refusal. */
  async openWithPassword(username: string, password: string): Promise<void> {
    this.#open(await this.#api.login({ username, password }));
    this.#person = { name: username, via: 'bank' };
  }

  /**
   * Opens a session from a sign-in at the tenant: posts the id_token to the bank's login. Where the bank does not
   * take it, the access token still reads, so a person who is signed in is never turned away for the bridge alone.
   */
  async openFromTenant(): Promise<boolean> {
    const identity = await this.#auth.identity();
    if (identity === undefined) return false;
    this.#close();
    this.#person = { name: identity.name, via: 'tenant' };
    try {
      this.#open(await this.#api.login({ id_token: identity.idToken }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    return true;
  }

  /**
   * Runs a read with the credential at hand; if the API no longer takes it, once more with a new one. Throws
   * the Refusal `session_ended` where only signing in again helps.
   */
  async read<Answer>(request: (credential: Credential) => Promise<Answer>): Promise<Answer> {
    try {
      return await request(await this.credential());
    } catch (error) {
      if (!isExpired(error)) throw error;
      return request(await this.renewed());
    }
  }

  /** The bank's code if there is one, else the tenant's access token. */
  async credential(): Promise<Credential> {
    if (this.#code !== undefined) return { token: this.#code, label: 'bank session' };
    const token = this.#person?.via === 'tenant' ? await this.#auth.readToken() : undefined;
    if (token === undefined) throw this.#ended();
    return { token, label: `Auth0 access token (${readScope})` };
  }

  /** A credential in place of one that the API has refused. */
  async renewed(): Promise<Credential> {
    const viaTenant = this.#person?.via === 'tenant';
    this.#close();
    if (viaTenant && (await this.#auth.readToken({ fresh: true })) !== undefined) await this.openFromTenant();
    return this.credential();
  }

  /** Signs out at the bank and, if that is where the person came from, at the tenant too. */
  async signOut(): Promise<void> {
    const token = this.#code;
    const viaTenant = this.#person?.via === 'tenant';
    this.#close();
    this.#person = undefined;
    if (token !== undefined) {
      // Best effort: the code dies by itself soon after, and a person who wants out must get out.
      await this.#api.logout({ token, label: 'bank session' }).catch(() => undefined);
    }
    if (viaTenant) await this.#auth.signOut();
  }

  #open(session: BankSession): void {
    this.#code = session.authorization_code;
    this.#endsAt = new Date(Date.now() + session.expires_in * 1000);
  }

  #close(): void {
    this.#code = undefined;
    this.#endsAt = undefined;
  }

  #ended(): Refusal {
    this.#close();
    this.#person = undefined;
    return new Refusal('session_ended', 401);
  }
}

/** Whether a refusal means that the credential is dead, rather than too weak. */
export function isExpired(error: unknown): boolean {
  return error instanceof Refusal && error.status === 401 && error.challenge === undefined && error.code !== 'login_failed';
}
