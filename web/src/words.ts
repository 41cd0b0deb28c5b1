// The words of each refusal: what happened, and what the customer can do. No code, no status, no blame; the
// developer's detail stands beside them, closed.

import type { Refusal } from './problem.ts';

export interface Words {
  readonly title: string;
  readonly text: string;
}

const byCode: Readonly<Record<string, Words>> = {
  // signing in
  login_failed: {
    title: 'That did not match',
    text: 'The username or the password is not right. Check both and try again.',
  },
  too_many_attempts: {
    title: 'Too many attempts',
    text: 'To protect your account we pause sign-ins for a while. Please try again later.',
  },
  too_many_requests: {
    title: 'One moment, please',
    text: 'Many requests reached the bank at once, and yours was not looked at. Please try again in a few seconds.',
  },
  sign_in_denied: {
    title: 'You are not signed in',
    text: 'The sign-in was refused or cancelled. Nothing has changed; you can try again.',
  },
  sign_in_failed: {
    title: 'The sign-in did not finish',
    text: 'It may have been started in another tab or too long ago. Please start it again.',
  },
  session_ended: {
    title: 'Your session has ended',
    text: 'For your safety we end a session after a while. Please sign in again.',
  },
  invalid_token: {
    title: 'Your session has ended',
    text: 'Please sign in again.',
  },
  approver_too_new: {
    title: 'This sign-in is too new to approve payments',
    text: 'For your safety, a sign-in that you linked yourself approves payments from a day after it was linked.',
  },
  not_a_customer: {
    title: 'We do not know this sign-in yet',
    text: 'You are signed in, but this login is not linked to a customer of the bank.',
  },

  // the second factor
  step_up_denied: {
    title: 'It was not approved',
    text: 'The request was refused on your phone or cancelled. If you did not ask for it, change your password.',
  },
  step_up_ignored: {
    title: 'No answer from your phone',
    text: 'We waited for five minutes. You can ask again.',
  },
  step_up_cancelled: {
    title: 'The approval window was closed',
    text: 'You can ask again, or approve in this window instead.',
  },
  step_up_failed: {
    title: 'The approval did not work',
    text: 'Please try again.',
  },
  scope_not_granted: {
    title: 'Your login may not send money',
    text: 'You were recognised, but this login has no permission for transfers.',
  },
  another_person: {
    title: 'Someone else approved',
    text: 'The approval came from another login than the one you signed in with. Sign out and in again.',
  },
  tenant_unreachable: {
    title: 'We cannot reach the sign-in service',
    text: 'Please try again in a moment, or approve in this window.',
  },
  insufficient_scope: {
    title: 'This needs your approval',
    text: 'We could not get an approval that the bank accepts.',
  },
  insufficient_user_authentication: {
    title: 'Your approval is used up or too old',
    text: 'Each approval counts once and for a short time. You can approve again.',
  },

  // the transfer
  insufficient_funds: {
    title: 'Not enough money in this account',
    text: 'Your balance does not cover this amount.',
  },
  no_such_account: {
    title: 'We cannot find that account',
    text: 'Check the account number of the recipient.',
  },
  account_closed: { title: 'That account is closed', text: 'It can no longer send or receive money.' },
  account_frozen: { title: 'That account is on hold', text: 'It cannot send or receive money at the moment.' },
  currency_mismatch: {
    title: 'The currencies differ',
    text: 'The recipient’s account is kept in another currency, and we do not exchange.',
  },
  same_account: { title: 'Both accounts are the same', text: 'Choose another account to send to.' },
  daily_limit_exceeded: {
    title: 'That is over your limit for today',
    text: 'Try a smaller amount, or the rest tomorrow.',
  },
  invalid_request: { title: 'The bank did not understand this', text: 'Check what you entered and try again.' },
  idempotency_key_reused: { title: 'This transfer was changed on its way', text: 'Check your history before you send it again.' },
  request_in_progress: {
    title: 'Still working on it',
    text: 'This very transfer is being booked. Try again in a moment; it will not be sent twice.',
  },
  transfer_lost: {
    title: 'There is no transfer waiting',
    text: 'You approved, but the transfer is no longer in this tab. Nothing was sent with this approval.',
  },
  nothing_kept: {
    title: 'Your browser keeps nothing for this page',
    text: 'Before money leaves, this page must note it down, so that it is never sent twice. Make room, or allow this site to store data.',
  },

  conflict: { title: 'Something else changed at the same time', text: 'Please look at your balances and try again.' },
  invalid_cursor: { title: 'Your history has moved on', text: 'Please load it again from the start.' },

  // the connection
  unreachable: { title: 'We cannot reach the bank', text: 'Check your connection and try again.' },
  timed_out: { title: 'The bank takes too long', text: 'No answer came in time. Please try again.' },
  unavailable: { title: 'The bank is busy', text: 'Please try again in a moment.' },
  internal_error: { title: 'Something went wrong at the bank', text: 'It is not your doing. Please try again in a moment.' },
};

const unknown: Words = { title: 'That did not work', text: 'The bank refused this and gave no reason we know. You can try again.' };

export function wordsFor(refusal: Refusal): Words {
  const words = byCode[refusal.code] ?? (refusal.status >= 500 ? byCode.internal_error! : unknown);
  return refusal.retryAfter === undefined ? words : { title: words.title, text: `${words.text} ${waitingTime(refusal.retryAfter)}` };
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
    text: `${reason}. Find out before you send it in any other way. Under this form it is sent once at most.`,
  };
}

function waitingTime(seconds: number): string {
  if (seconds < 60) return `Wait about ${Math.max(1, seconds)} seconds.`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'Wait about a minute.' : `Wait about ${minutes} minutes.`;
}
