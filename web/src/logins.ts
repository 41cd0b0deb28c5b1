// The logins at the tenant that act as the customer: which ones are linked, and how one is linked or ended.
//
// A change takes two proofs: the bank's code of a login by password minutes ago (session.ts), and for a new link a
// login at the tenant a moment ago, whose id_token counts once. That login happens in a popup, since the code is in
// this page's memory. The page goes on with the code: it reads nothing with what the login brought besides.

import type { BankAPI, Credential, LinkedLogin } from './api.ts';
import type { Auth } from './auth.ts';
import { Refusal } from './problem.ts';
import type { Session } from './session.ts';
import { windowRefusal } from './tenant-refusal.ts';

// shared/customer has the rule: a login that customers linked themselves approves nothing for a day.
const probation = 24 * 60 * 60 * 1000;

/** From when on the login approves payments; undefined if it does. */
export function approvesFrom({ linked_by: by, linked_at: at }: LinkedLogin, now = Date.now()): Date | undefined {
  const from = Date.parse(at) + probation;
  return by === 'customer' && now < from ? new Date(from) : undefined;
}

export class Logins {
  readonly #api: BankAPI;
  readonly #auth: Pick<Auth, 'loginByPopup'>;
  readonly #session: Session;

  constructor(api: BankAPI, auth: Pick<Auth, 'loginByPopup'>, session: Session) {
    this.#api = api;
    this.#auth = auth;
    this.#session = session;
  }

  /** Whether the proof of the bank's side is at hand. */
  get mayChange(): boolean {
    return this.#session.proof !== undefined;
  }

  /** What is linked; undefined where the bank has no session open and tells nobody. Throws a Refusal. */
  async list(): Promise<readonly LinkedLogin[] | undefined> {
    try {
      return await this.#session.read((credential) => this.#api.logins(credential));
    } catch (error) {
      if (error instanceof Refusal && error.code === 'insufficient_scope') return undefined;
      throw error;
    }
  }

  /** Links a login at the tenant that happens now; returns all that are linked. Throws a Refusal. */
  async link(): Promise<readonly LinkedLogin[]> {
    this.#proof(); // before anybody logs in for nothing
    const login = await this.#auth.loginByPopup().catch((error: unknown) => {
      throw windowRefusal(error);
    });
    if (!login.bridged) throw new Refusal('stale_login', 0, { reason: 'no session_id' }, { from: 'tenant' });
    return onceMore(() => this.#api.link(this.#proof(), login.idToken));
  }

  /** Ends a link; returns what is linked still. Throws a Refusal. */
  async unlink(login: LinkedLogin): Promise<readonly LinkedLogin[]> {
    // The bank answers for another customer's login as for one that has just been ended, and the code may be of
    // another customer than the list on the page.
    const linked = await this.#api.logins(this.#proof());
    if (!linked.some((other) => same(other, login))) throw new Refusal('not_linked', 0, {}, { from: 'page' });
    await onceMore(() => this.#api.unlink(this.#proof(), login));
    return linked.filter((other) => !same(other, login));
  }

  #proof(): Credential {
    const { proof } = this.#session;
    if (proof === undefined) throw new Refusal('password_login_needed', 0, {}, { from: 'page' });
    return proof;
  }
}

// Two tenants may call two people the same.
function same(a: LinkedLogin, b: LinkedLogin): boolean {
  return a.tenant === b.tenant && a.sub === b.sub;
}

// An answer may be lost: the bank answers the same request again as it did the first. Where it names a time to wait,
// the person decides.
async function onceMore<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Refusal && error.outcomeUnknown && error.retryAfter === undefined) return request();
    throw error;
  }
}
