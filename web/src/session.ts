// Who is signed in at the bank, and with which credential this page reads. Two ways lead here: the bank's own
// username and password, or a sign-in at the tenant whose id_token the bank's login accepts (the login bridge). Both
// end with the bank's authorization code, which this object alone holds, in memory.

import type { BankAPI, BankSession, Credential } from './api.ts';
import type { Auth } from './auth.ts';
import { Refusal } from './problem.ts';

interface Person {
  readonly name: string;
  readonly via: 'tenant' | 'bank';
}

// For how long the bank takes a login by password as proof of who is there; a little less than it is.
const proofLife = 290_000;

export class Session {
  readonly #api: BankAPI;
  readonly #auth: Auth;
  readonly #now: () => number;
  #code: string | undefined;
  #endsAt: Date | undefined;
  #person: Person | undefined;
  #provedAt = -Infinity;
  #renewal: Promise<Credential> | undefined;

  constructor(api: BankAPI, auth: Auth, now: () => number = () => Date.now()) {
    this.#api = api;
    this.#auth = auth;
    this.#now = now;
  }

  get person(): Person | undefined {
    return this.#person;
  }

  /** When the bank's session ends at the latest; undefined if there is none. */
  get endsAt(): Date | undefined {
    return this.#endsAt;
  }

  /** The code of a login by password a moment ago, which may change the linked logins. */
  get proof(): Credential | undefined {
    const age = this.#now() - this.#provedAt;
    return this.#code !== undefined && age >= 0 && age < proofLife ? { token: this.#code } : undefined;
  }

  /** Opens a session with the bank's own username and password, in place of one that is open. Throws a Refusal. */
  async openWithPassword(username: string, password: string): Promise<void> {
    const opened = await this.#api.login({ username, password });
    if (this.#code !== undefined) void this.#end(this.#code);
    this.#open(opened);
    this.#provedAt = this.#now();
    this.#person = { name: username, via: 'bank' };
  }

  /**
   * Takes over the sign-in at the tenant. If it was one of a person a moment ago, the id_token is posted to the bank's
   * login, which answers with a session of its own. Where there is none, or the bank does not take it, the access
   * token reads: nobody who is signed in is turned away for the bridge alone.
   */
  async openFromTenant(): Promise<boolean> {
    const identity = await this.#auth.identity();
    if (identity === undefined) return false;
    this.#close();
    this.#person = { name: identity.name, via: 'tenant' };
    if (!identity.bridged) return true;
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
    const person = this.#person;
    const credential = await this.credential();
    try {
      return await request(credential);
    } catch (error) {
      if (!isExpired(error)) throw error;
      if (this.#person !== person) throw new Refusal('session_ended', 401); // somebody else is here by now
      return request(await this.renewed(credential));
    }
  }

  /** The bank's code if there is one, else the tenant's access token. */
  async credential(): Promise<Credential> {
    if (this.#code !== undefined) return { token: this.#code };
    const credential = this.#person?.via === 'tenant' ? await this.#auth.readToken() : undefined;
    if (credential === undefined) throw this.#ended();
    return credential;
  }

  /**
   * A credential in place of one that the API has refused: after the bank's code the tenant's access token, after
   * an access token a fresh one. The bank opens no session for a silent login, so the code does not come back.
   */
  renewed(refused: Credential): Promise<Credential> {
    // Reads run side by side and are refused together: one renewal is for all of them.
    this.#renewal ??= this.#renew(refused).finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #renew(refused: Credential): Promise<Credential> {
    if (refused.token === this.#code) this.#close();
    const current = await this.credential();
    if (current.token !== refused.token) return current; // it was a step-up's, or has been replaced since
    await this.#auth.readToken({ fresh: true });
    return this.credential();
  }

  /** Signs out everywhere: at the bank and, if there is a session, at the tenant. */
  async signOut(): Promise<void> {
    const token = this.#code;
    // A person who used the bank's password may have stepped up at the tenant, and has a session there since.
    const atTenant = (await this.#auth.identity()) !== undefined;
    this.#close();
    this.#person = undefined;
    if (token !== undefined) await this.#end(token);
    await (atTenant ? this.#auth.signOut() : this.#auth.forgetKey());
  }

  // Best effort: a person who wants out must get out.
  async #end(token: string): Promise<void> {
    await this.#api.logout({ token }).catch(() => undefined);
  }

  #open(session: BankSession): void {
    this.#code = session.authorization_code;
    this.#endsAt = new Date(this.#now() + session.expires_in * 1000);
  }

  #close(): void {
    this.#code = undefined;
    this.#endsAt = undefined;
    this.#provedAt = -Infinity;
  }

  #ended(): Refusal {
    this.#close();
    this.#person = undefined;
    return new Refusal('session_ended', 401);
  }
}

/** Whether a refusal means that the credential is dead, rather than too weak. */
export function isExpired(error: unknown): boolean {
  return error instanceof Refusal && error.status === 401 && error.challenge === undefined;
}
