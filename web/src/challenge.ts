// A challenge says which credential would be accepted (RFC 6750 section 3, RFC 9470 section 3). REST API Gateway
// renames a function's WWW-Authenticate header, so the API repeats its parameters in the problem body; this app
// reads them there.

/** A refusal that one step-up cures. */
export interface StepUpChallenge {
  readonly error: 'insufficient_scope' | 'insufficient_user_authentication';
  /** What to ask the tenant for: "transfer:funds". */
  readonly scope: string;
  readonly acrValues?: string;
  /** How old the second factor may be, in seconds. */
  readonly maxAge?: number;
  /** The transfer to approve, signed by the bank (transfer-text.ts). */
  readonly transfer?: string;
}

// scope-token of RFC 6749 section 3.3. What is not one never reaches an authorize URL.
const scopeTokens = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

// What this app may be asked to step up to. The app follows no other challenge: the API, or an attacker in its
// place, does not choose what the person consents to.
const steppable = new Set(['transfer:funds']);

/** Reads the challenge of a refusal; undefined if the refusal is not one that a step-up cures. */
export function parseChallenge(
  status: number,
  members: Readonly<Record<string, unknown>>,
): StepUpChallenge | undefined {
  const { error, scope } = members;
  const matches =
    (error === 'insufficient_scope' && status === 403) ||
    (error === 'insufficient_user_authentication' && status === 401);
  if (!matches || typeof scope !== 'string' || !scopeTokens.test(scope)) return undefined;
  if (!scope.split(' ').every((token) => steppable.has(token))) return undefined;

  const { acr_values: acrValues, max_age: maxAge, transfer } = members;
  return {
    error,
    scope,
    ...(typeof acrValues === 'string' ? { acrValues } : {}),
    ...(typeof maxAge === 'number' && maxAge > 0 ? { maxAge } : {}),
    ...(typeof transfer === 'string' ? { transfer } : {}),
  };
}
