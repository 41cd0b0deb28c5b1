// The words of each code: what happened, and what the customer can do. No code, no status, no blame; the developer's
// detail stands beside them, closed. words.ts chooses among them.

export interface Words {
  readonly title: string;
  readonly text: string;
}

const unproven: Words = {
  title: 'The bank could not check that it is you',
  text: 'Load the page again. If it stays so, set this device’s clock.',
};

const ended: Words = { title: 'Your session has ended', text: 'Please sign in again.' };

// The bank refuses what this page should not have sent.
const defect: Words = {
  title: 'Something went wrong on this page',
  text: 'We do not know why. Load the page again and try once more.',
};

export const byCode: Readonly<Record<string, Words>> = {
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
    title: 'The sign-in did not work',
    text: 'We do not know why. Please start it again.',
  },
  sign_in_not_ours: {
    title: 'The sign-in did not finish',
    text: 'It may have been started in another tab: this page does not know it. Please start it again.',
  },
  clock_off: {
    title: 'A clock is wrong',
    text: 'This device and the sign-in service disagree about the time. Set this device’s clock and try again.',
  },
  session_ended: {
    title: ended.title,
    text: 'A session ends after a while, or when you sign out elsewhere. Please sign in again.',
  },
  invalid_token: ended,
  invalid_dpop_proof: unproven,
  use_dpop_nonce: unproven,
  unauthorized: ended,
  approver_too_new: {
    title: 'This sign-in is too new to approve payments',
    text: 'For your safety, a sign-in that you linked yourself approves payments from a day after it was linked.',
  },
  not_a_customer: {
    title: 'We do not know this sign-in yet',
    text:
      'You are signed in, but this login is not linked to a customer of the bank. ' +
      'If you have a bank username, you can link it yourself under “Logins”.',
  },

  // linking logins
  password_login_needed: {
    title: 'Please confirm who you are once more',
    text: 'Logins are changed within five minutes of a sign-in with your bank username and password.',
  },
  identity_linked_elsewhere: {
    title: 'This login belongs to another customer',
    text: 'A login is for one customer. If both are you, please ask the bank.',
  },
  too_many_identities: {
    title: 'You have as many logins as you can link',
    text: 'End the link of one, then link this one.',
  },
  stale_login: {
    title: 'The bank did not take this login',
    text: 'It counts once, and for half a minute. Nothing was linked; you can try again.',
  },
  links_refused: { title: 'The bank changes no logins for you', text: 'Please ask the bank.' },
  not_linked: {
    title: 'This login is not linked to you',
    text: 'Nothing has changed. The list shows the logins of the customer whose username you gave.',
  },
  window_blocked: {
    title: 'Your browser blocked the window',
    text: 'The login takes a window of its own. Let this site open windows, and try again.',
  },
  window_closed: { title: 'The window was closed', text: 'Nothing was linked; you can try again.' },
  window_ignored: {
    title: 'No login came',
    text: 'We waited for five minutes. Nothing was linked; you can try again.',
  },
  login_denied: { title: 'The login was refused', text: 'Nothing was linked; you can try again.' },

  // the second factor
  step_up_denied: {
    title: 'It was not approved',
    text: 'It was refused on the phone or by the sign-in service. If you did not ask for it, change your password.',
  },
  step_up_paused: { title: 'A request waits on your phone', text: 'Answer it there, or ask again later.' },
  step_up_replaced: {
    title: 'A newer request took its place',
    text: 'Only the last request can be approved. You can ask again.',
  },
  step_up_stale: {
    title: 'It cannot be approved',
    text: 'It is more than five minutes old, or the sign-in service knows another person here. You can ask again.',
  },
  no_phone: {
    title: 'No phone to approve with',
    text: 'To send money, first register a phone for approvals with the bank.',
  },
  nothing_to_approve: {
    title: 'The bank named nothing to approve',
    text: 'It may know no login with Auth0 of yours. Please ask the bank.',
  },
  other_transfer: {
    title: 'The bank asks for the approval of another transfer',
    text: 'Do not approve it. Please tell the bank.',
  },
  approval_mismatch: { title: 'Your approval was for another transfer', text: 'You can approve this one.' },
  approval_not_bound: { title: 'Your approval names no transfer', text: 'You can approve this one.' },
  step_up_ignored: {
    title: 'No approval came',
    text: 'We waited for five minutes. You can ask again.',
  },
  step_up_cancelled: {
    title: 'The approval window was closed',
    text: 'You can ask again, or approve in this window instead.',
  },
  step_up_failed: {
    title: 'The approval did not work',
    text: 'We do not know why. Please try again.',
  },
  scope_not_granted: {
    title: 'Your login may not send money',
    text: 'You were recognised, but this login has no permission for transfers.',
  },
  another_person: {
    title: 'Someone else is signed in by now',
    text: 'The sign-in service knows this browser by another login than yours. Sign out and in again.',
  },
  tenant_unreachable: {
    title: 'The sign-in service did not answer',
    text: 'Please try again in a moment.',
  },
  insufficient_scope: {
    title: 'This needs your approval',
    text: 'We could not get an approval that the bank accepts.',
  },
  insufficient_user_authentication: {
    title: 'Your approval is used up or too old',
    text: 'Each approval counts once and for a short time. You can approve again.',
  },

  // the bank asks the phone
  approval_denied: {
    title: 'It was denied on your phone',
    text: 'If you did not start it, change your password. You can send it again.',
  },
  approval_expired: { title: 'Nobody approved it in time', text: 'You can send it again: your phone is asked anew.' },
  too_many_approvals: { title: 'Your phone was asked too often', text: 'To protect you, the bank pauses for a while.' },
  asking_cancelled: {
    title: 'You cancelled it',
    text: 'Should your phone still ask, deny it: to approve there sends nothing any more.',
  },
  asking_over: { title: 'The time to approve is over', text: 'Ask the bank what became of it.' },

  // the transfer
  insufficient_funds: {
    title: 'Not enough money in this account',
    text: 'Your balance does not cover this amount.',
  },
  no_such_account: {
    title: 'We cannot find one of the accounts',
    text: 'Check the account numbers.',
  },
  account_closed: { title: 'One of the accounts is closed', text: 'It can no longer send or receive money.' },
  account_frozen: { title: 'One of the accounts is on hold', text: 'It cannot send or receive money at the moment.' },
  currency_mismatch: {
    title: 'The currencies differ',
    text: 'Both accounts must be kept in the currency that you send, since we do not exchange.',
  },
  same_account: { title: 'Both accounts are the same', text: 'Choose another account to send to.' },
  daily_limit_exceeded: {
    title: 'That is over your limit for today',
    text: 'Try a smaller amount, or the rest tomorrow.',
  },
  invalid_request: { title: 'The bank did not understand this', text: 'Check what you entered and try again.' },
  idempotency_key_reused: {
    title: 'This transfer was changed on its way',
    text: 'Check your history before you send it again.',
  },
  transfer_lost: {
    title: 'There is no transfer waiting',
    text: 'You approved, but the transfer is no longer in this tab. Nothing was sent with this approval.',
  },
  too_early: {
    title: 'The bank has not booked it so far, and it may still be on its way',
    text: 'Ask again in a minute.',
  },
  nothing_kept: {
    title: 'Your browser keeps nothing for this page',
    text: 'It must note down what leaves, so that nothing is sent twice. Make room, or let this site store data.',
  },

  no_such_transfer: { title: 'There is no such transfer', text: 'Check your history.' },
  invalid_cursor: { title: 'Your history has moved on', text: 'Please load it again from the start.' },

  // the connection
  unreachable: { title: 'The bank did not answer', text: 'It may be your connection. Please try again.' },
  timed_out: { title: 'The bank takes too long', text: 'No answer came within half a minute. Please try again.' },
  unavailable: { title: 'The bank cannot answer now', text: 'Please try again in a moment.' },
  page_error: defect,
  missing_idempotency_key: defect,
  invalid_idempotency_key: defect,
  payload_too_large: defect,
  unsupported_media_type: defect,
  no_such_route: defect,
  refused: defect,
  internal_error: {
    title: 'Something went wrong at the bank',
    text: 'It is not your doing. Please try again in a moment.',
  },
};
