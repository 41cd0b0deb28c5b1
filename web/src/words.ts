// The words of each refusal, where it matters by what was asked for.

import type { Refusal } from './problem.ts';
import { byCode, type Words } from './words-by-code.ts';

export type { Words };

const unknown: Words = {
  title: 'That did not work',
  text: 'The bank refused this and gave no reason that this page knows. You can try again.',
};

export function wordsFor(refusal: Refusal): Words {
  const words = byCode[refusal.code] ?? (refusal.status >= 500 ? byCode.internal_error! : unknown);
  return refusal.retryAfter === undefined
    ? words
    : { title: words.title, text: `${words.text} ${waitingTime(refusal.retryAfter)}` };
}

/** The same for a transfer of which nothing was sent: no request that could pay has left, or the bank has said no. */
export function wordsForUnsent(refusal: Refusal): Words {
  const { title, text } = wordsFor(refusal);
  // Under this key the bank knows another transfer, which may be booked.
  return refusal.code === 'idempotency_key_reused' ? { title, text } : { title, text: `Nothing was sent. ${text}` };
}

/** For a transfer that may have been sent. Whatever stood in the way of an answer, it is no answer. */
export function wordsForUnknown(refusal?: Refusal): Words {
  const reason = refusal === undefined ? 'The bank’s answer did not arrive' : wordsFor(refusal).title;
  return {
    title: 'We do not know yet whether your money was sent',
    text: `${reason}. Find out before you send it in any other way: to ask moves no money.`,
  };
}

// What the code means when a login is linked or ended: the login is the other one, and the customer the bank's.
const ofLinks: Readonly<Record<string, string>> = { login_failed: 'stale_login', not_a_customer: 'links_refused' };

/** For a change of the linked logins. */
export function wordsForLinks(refusal: Refusal): Words {
  const code = ofLinks[refusal.code];
  return code === undefined ? wordsFor(refusal) : byCode[code]!;
}

function waitingTime(seconds: number): string {
  if (seconds <= 1) return 'Wait a second.';
  if (seconds < 60) return `Wait about ${seconds} seconds.`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'Wait about a minute.' : `Wait about ${minutes} minutes.`;
}
