// Refusals: everything that can go wrong between this app and the API, as one error type. The API answers
// application/problem+json (RFC 9457) with a stable `code`; words.ts turns the code into a customer's words.

import { parseChallenge, type StepUpChallenge } from './challenge.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** HTTP status; 0 if no answer came. */
  readonly status: number;
  readonly challenge: StepUpChallenge | undefined;
  /** Seconds after which the API asks to be tried again. */
  readonly retryAfter: number | undefined;
  /** By which the bank finds the request in its logs. */
  readonly reference: string | undefined;
  readonly #from: 'api' | 'tenant' | 'page';
  readonly #ours: boolean;
  /** What a developer may open: the problem as it came, without any credential. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, detail: Record<string, unknown> = {}, options: RefusalOptions = {}) {
    super(`${code} (${status})`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.challenge = options.challenge;
    this.retryAfter = options.retryAfter;
    this.reference = options.reference;
    this.#from = options.from ?? 'api';
    this.#ours = options.ours ?? true;
  }

  /**
   * Whether the request may have taken effect although no answer says so: no response, one from a machine that
   * stood between us and the function (502, 504) or gave up inside it (500, 503), or one that is not the API's own.
   * What stops at the tenant or on this page has not reached the API.
   */
  get outcomeUnknown(): boolean {
    return this.#from === 'api' && (this.status === 0 || this.status >= 500 || !this.#ours);
  }
}

interface RefusalOptions {
  /** Who refused, or could not be reached. */
  readonly from?: 'api' | 'tenant' | 'page';
  /** Whether an answer of the API is one of its problem documents, all of which have a code. */
  readonly ours?: boolean;
  readonly challenge?: StepUpChallenge | undefined;
  readonly retryAfter?: number | undefined;
  readonly reference?: string | undefined;
  readonly cause?: unknown;
}

/** A refusal from a response that is not 2xx. Never throws: a body that is no problem document is a refusal too. */
export async function refusalFrom(response: Response): Promise<Refusal> {
  return refusalOf(response.status, await problemMembers(response), response.headers);
}

/** A refusal from the members of a problem document. */
export function refusalOf(status: number, members: Record<string, unknown>, headers = new Headers()): Refusal {
  const said = firstText(members.code, members.error);
  const reference = headers.get('x-amzn-requestid') ?? undefined;
  return new Refusal(
    said ?? fallbackCode(status),
    status,
    { status, ...members },
    {
      ours: said !== undefined,
      challenge: parseChallenge(status, members),
      retryAfter: retryAfterSeconds(headers.get('retry-after')),
      reference,
    },
  );
}

/** The refusal of a request that got no answer at all. */
export function unreachable(cause: unknown): Refusal {
  const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  return new Refusal(timedOut ? 'timed_out' : 'unreachable', 0, { reason: String(cause) }, { cause });
}

async function problemMembers(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json\b/i.test(type)) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
  } catch {
    return {};
  }
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

function fallbackCode(status: number): string {
  if (status === 401) return 'invalid_token';
  if (status === 429) return 'too_many_requests';
  if (status >= 500) return 'unavailable';
  return 'unexpected_answer';
}

// Retry-After may also be a date (RFC 9110 section 10.2.3); the API sends seconds, and a date is no news to a customer.
function retryAfterSeconds(value: string | null): number | undefined {
  return value !== null && /^\d{1,5}$/.test(value) ? Number(value) : undefined;
}

const finalCodes = new Set(['not_a_customer', 'approval_denied', 'approval_expired']);

/** Whether the API has decided about a transfer: nothing was booked, and the same request will be refused again. */
export function isFinal({ code, status, outcomeUnknown }: Refusal): boolean {
  return !outcomeUnknown && ([400, 404, 413, 415, 422].includes(status) || finalCodes.has(code));
}

/** Whatever was thrown, as a Refusal. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  console.error(error); // a defect of this page
  return new Refusal('page_error', 0, { reason: String(error) }, { from: 'page', cause: error });
}
