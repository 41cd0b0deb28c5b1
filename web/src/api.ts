// The bank's API, one method a route. Each call carries one credential, chosen by the caller, and either answers
// what the route promises or throws a Refusal.

import type { Account, BankSession, PasswordLogin, Statement, TokenLogin, Transfer as Booked } from './contract.ts';
import type { Journal } from './journal.ts';
import type { PendingTransfer } from './pending.ts';
import { Refusal, refusalFrom, unreachable } from './problem.ts';

/** A bearer credential and what the journal may say about it. */
export interface Credential {
  readonly token: string;
  /** "Auth0 access token (view:balance)", "bank session". */
  readonly label: string;
  /** Whether it may move money: a step-up's token. */
  readonly pays?: true;
}

export type { BankSession, LedgerEntry } from './contract.ts';
export type { Statement } from './contract.ts';
export type { Booked };
export type LoginBody = PasswordLogin | TokenLogin;

// API Gateway gives up after 29 s; a little longer tells its 504 from a network that swallows packets.
const timeout = 32_000;

export class BankAPI {
  readonly #base: string;
  readonly #journal: Journal;

  constructor(base: string, journal: Journal) {
    this.#base = base;
    this.#journal = journal;
  }

  async balance(credential: Credential): Promise<readonly Account[]> {
    const { accounts } = await this.#call<{ accounts: Account[] }>('GET', '/balance', { credential });
    return accounts;
  }

  async statement(credential: Credential, limit: number, next?: string): Promise<Statement> {
    const query = new URLSearchParams({ limit: String(limit), ...(next === undefined ? {} : { next }) });
    return this.#call('GET', `/transfers?${query}`, { credential });
  }

  async transfer(credential: Credential, pending: PendingTransfer): Promise<Booked> {
    return this.#call('POST', '/transfer', {
      credential,
      body: pending.transfer,
      headers: { 'Idempotency-Key': pending.key },
      note: { idempotency_key: pending.key },
    });
  }

  async login(body: LoginBody): Promise<BankSession> {
    return this.#call('POST', '/login', { body, note: { with: 'id_token' in body ? 'id_token' : 'username and password' } });
  }

  async logout(credential: Credential): Promise<void> {
    await this.#call('POST', '/logout', { credential });
  }

  async #call<Answer>(method: string, path: string, options: CallOptions): Promise<Answer> {
    const { credential, body, headers, note } = options;
    const started = performance.now();
    const record = (ok: boolean, outcome: string, detail: Record<string, unknown> = {}) =>
      this.#journal.record({
        party: 'api',
        title: `${method} ${path.replace(/\?.*/, '')}`,
        ok,
        outcome,
        detail: { credential: credential?.label ?? 'none', ...note, ...detail, ms: Math.round(performance.now() - started) },
      });

    try {
      const response = await this.#fetch(method, path, { credential, body, headers });
      if (!response.ok) throw await refusalFrom(response);
      const answer = response.status === 204 ? undefined : await response.json();
      record(true, String(response.status));
      return answer as Answer;
    } catch (error) {
      const refusal = error instanceof Refusal ? error : unreachable(error);
      record(false, refusal.status === 0 ? refusal.code : `${refusal.status} ${refusal.code}`, refusal.detail);
      throw refusal;
    }
  }

  #fetch(method: string, path: string, { credential, body, headers }: CallOptions): Promise<Response> {
    return fetch(this.#base + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(credential === undefined ? {} : { Authorization: `Bearer ${credential.token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // No cookie is ever wanted, and a redirect would carry the credential to a place that was not configured.
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(timeout),
    });
  }
}

interface CallOptions {
  readonly credential?: Credential | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string> | undefined;
  readonly note?: Record<string, unknown>;
}
