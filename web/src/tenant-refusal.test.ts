import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { GenericError, PopupCancelledError, PopupOpenError, TimeoutError } from '@auth0/auth0-spa-js';
import { signInRefusal, tenantRefusal, windowRefusal } from './tenant-refusal.ts';

const late = new Error(
  'Expiration Time (exp) claim error in the ID token; current time (noon) is after expiration time (ten)',
);

const cases: [string, unknown, string, string][] = [
  ['what the person refused', new GenericError('access_denied', 'No'), 'step_up_denied', 'sign_in_denied'],
  ['silence', new TimeoutError(), 'tenant_unreachable', 'tenant_unreachable'],
  ['a network that is down', new TypeError('Failed to fetch'), 'tenant_unreachable', 'tenant_unreachable'],
  ['a clock', late, 'clock_off', 'clock_off'],
  [
    'an answer to another tab',
    new GenericError('missing_transaction', 'Invalid state'),
    'step_up_failed',
    'sign_in_not_ours',
  ],
  ['a tenant with a fault', new GenericError('server_error', 'Oops'), 'step_up_failed', 'sign_in_failed'],
  ['a defect of this page', new TypeError('x is undefined'), 'step_up_failed', 'sign_in_failed'],
  ['anything else', new SyntaxError('Unexpected end of JSON input'), 'step_up_failed', 'sign_in_failed'],
];
for (const [name, error, stepUp, signIn] of cases) {
  test(`${name} is told as that, and blamed on nothing else`, () => {
    assert.equal(tenantRefusal(error).code, stepUp);
    assert.equal(signInRefusal(error).code, signIn);
  });
}

// The Action's own words, as it says them: if they change, the words of this page no longer follow them.
const repository = path.resolve(import.meta.dirname, '../..');
const sources = ['auth0/actions/step-up.js', 'auth0/local/pages/waiting.js'].map((file) =>
  readFileSync(path.join(repository, file), 'utf8'),
);
const said = sources.join('').replaceAll('${duration(asks.wait)}', '5 minutes');

const denials: [string, string][] = [
  ['A request waits on your phone. Answer it there, or try again in 5 minutes.', 'step_up_paused'],
  ['To send money, first register a phone for approvals with your bank.', 'no_phone'],
  ['This is not a transfer that you just started at your bank. Go back to the bank and try again.', 'step_up_stale'],
  ['A newer request took the place of this one.', 'step_up_replaced'],
  ['The request was denied on the phone.', 'step_up_denied'],
];
for (const [text, code] of denials) {
  test(`${JSON.stringify(text)} is ${code}`, () => {
    assert.ok(said.includes(text), 'the tenant says so');
    assert.equal(tenantRefusal(new GenericError('access_denied', text)).code, code);
  });
}

test('how long to wait is taken over', () => {
  assert.equal(tenantRefusal(new GenericError('access_denied', denials[0]![0])).retryAfter, 300);
  const soon = 'A request waits on your phone. Answer it there, or try again in a minute.';
  assert.equal(tenantRefusal(new GenericError('access_denied', soon)).retryAfter, 60);
});

test('a login in a window of its own names what became of the window', () => {
  assert.equal(windowRefusal(new PopupOpenError()).code, 'window_blocked');
  assert.equal(windowRefusal(new PopupCancelledError({} as Window)).code, 'window_closed');
  assert.equal(windowRefusal(new GenericError('access_denied', 'No')).code, 'login_denied');
  assert.equal(windowRefusal(new GenericError('server_error', 'Oops')).code, 'sign_in_failed');
});
