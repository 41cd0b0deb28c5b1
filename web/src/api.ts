// The bank's API, one method a route. Each call carries one credential, chosen by the caller, and either answers
// what the route promises or throws a Refusal.

import type {
  Account,
  ApprovalPending,
  BankSession,
  Identities,
  LedgerEntry,
  Outcome,
  PasswordLogin,
  Statement,
  TokenLogin,
  Transfer as Booked,
} from './contract.ts';
import type { BoundFetch } from './bound-fetch.ts';
import type { Asking, PendingTransfer, Transfer } from './pending-transfer.ts';
import { Refusal, refusalFrom, refusalOf, unreachable } from './problem.ts';

/** The bank's code, or an access token. */
export interface Credential {
  readonly token: string;
  /** Whether each request must prove this browser's key. Without that, a thief of the token can use it. */
  readonly bound?: true;
  /** Whether it may move money: a step-up's token. */
  readonly pays?: true;
}

export type { BankSession, Booked, LedgerEntry, Statement };
/** A login at the tenant that acts as the customer. */
export type LinkedLogin = Identities['identities'][number];
/** The bank asks the phone to approve the transfer. */
export interface Asked {
  readonly asking: Asking;
  readonly transfer: Transfer;
}
/** The answer that the bank keeps under a key. */
export type Settled = { readonly booked: Booked } | { readonly refused: Refusal };
type LoginBody = PasswordLogin | TokenLogin;

// API Gateway gives up after 29 s; a little longer tells its 504 from a network that swallows packets.
const patience = 32_000;

// The tenant's session ends after this, and the person may be about to go: the code dies by itself soon after.
const logoutPatience = 5_000;

export class BankAPI {
  readonly #base: string;
  readonly #boundFetch: BoundFetch;

  constructor(base: string, boundFetch: BoundFetch) {
    this.#base = base;
    this.#boundFetch = boundFetch;
  }

  async balance(credential: Credential): Promise<readonly Account[]> {
    const { accounts } = await this.#call<{ accounts: Account[] }>('GET', '/balance', { credential });
    return accounts;
  }

  async statement(credential: Credential, limit: number, next?: string): Promise<Statement> {
    const query = new URLSearchParams({ limit: String(limit), ...(next === undefined ? {} : { next }) });
    return this.#call('GET', `/transfers?${query}`, { credential });
  }

  async transfer(credential: Credential, pending: PendingTransfer): Promise<Booked | Asked> {
    const options = { credential, body: pending.transfer, headers: { 'Idempotency-Key': pending.key } };
    return this.#call('POST', '/transfer', options, async (response) =>
      response.status === 202 ? askedFrom(response) : response.json(),
    );
  }

  /** What POST /transfer has answered for the key; undefined if it has booked and refused nothing yet. */
  async outcome(credential: Credential, key: string): Promise<Settled | undefined> {
    const query = new URLSearchParams({ idempotency_key: key });
    const { status, answer } = await this.#call<Outcome>('GET', `/transfers?${query}`, { credential });
    if (status === 'unknown') return undefined;
    if (status === 'booked' && answer !== undefined) return { booked: answer as Booked };
    if (status === 'refused' && answer !== undefined) return { refused: refusalOf(422, { ...answer }) };
    throw new Refusal('unexpected_answer', 200); // it decides nothing
  }

  async login(body: LoginBody): Promise<BankSession> {
    return this.#call('POST', '/login', { body });
  }

  async logout(credential: Credential): Promise<void> {
    await this.#call('POST', '/logout', { credential, within: logoutPatience });
  }

  async logins(credential: Credential): Promise<readonly LinkedLogin[]> {
    return (await this.#call<Identities>('GET', '/identities', { credential })).identities;
  }

  /** Links the login that the id_token is of; answers with all that are linked. */
  async link(credential: Credential, idToken: string): Promise<readonly LinkedLogin[]> {
    const body: TokenLogin = { id_token: idToken };
    return (await this.#call<Identities>('POST', '/identities', { credential, body })).identities;
  }

  async unlink(credential: Credential, { tenant, sub }: LinkedLogin): Promise<void> {
    await this.#call('DELETE', `/identities?${new URLSearchParams({ tenant, sub })}`, { credential });
  }

  async #call<Answer>(
    method: string,
    path: string,
    options: CallOptions,
    read: (response: Response) => Promise<unknown> = (response) => response.json(),
  ): Promise<Answer> {
    try {
      const response = await this.#fetch(method, path, options);
      if (!response.ok) throw await refusalFrom(response);
      return (response.status === 204 ? undefined : await read(response)) as Answer;
    } catch (error) {
      throw error instanceof Refusal ? error : unreachable(error);
    }
  }

  #fetch(method: string, path: string, options: CallOptions): Promise<Response> {
    const { credential, body, headers, within = patience } = options;
    const url = this.#base + path;
    const request: RequestInit = {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(credential === undefined || credential.bound ? {} : { Authorization: `Bearer ${credential.token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // No cookie is ever wanted, and a redirect would carry the credential to a place that was not configured.
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(within),
    };
    return credential?.bound ? this.#boundFetch(credential.token, url, request) : fetch(url, request);
  }
}

// An answer that says less is as good as none.
async function askedFrom(response: Response): Promise<Asked> {
  const { status, expires_at, from, to, amount, currency }: ApprovalPending = await response.json();
  const until = Date.parse(expires_at);
  const every = Number(response.headers.get('retry-after') ?? NaN);
  if (status !== 'approval_pending' || !(until > 0) || !(every >= 1)) throw new TypeError('a 202 of another kind');
  return { asking: { until, every }, transfer: { from, to, amount, currency } };
}

interface CallOptions {
  readonly credential?: Credential | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string> | undefined;
  /** Milliseconds. */
  readonly within?: number;
}
