import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Refusal } from './problem.ts';
import { wordsFor, wordsForLinks, wordsForUnknown, wordsForUnsent } from './words.ts';

// Every code that the API may answer with, by its document. What the customer must never be shown is the code itself.
const [, codes = ''] = readFileSync('../openapi.yaml', 'utf8').split(/ *# ---- (?:end of )?codes ----\n/);
const apiCodes = new Set([...codes.matchAll(/^ +- (\w+)$/gm)].map(([, code]) => code!));

test('the document has the codes where they are looked for', () => {
  for (const code of ['approver_too_new', 'identity_linked_elsewhere', 'unavailable']) assert.ok(apiCodes.has(code));
});

for (const code of apiCodes) {
  test(`${code} has words of its own`, () => {
    const words = wordsFor(new Refusal(code, 422));
    assert.notEqual(words.title, wordsFor(new Refusal('never_heard_of', 422)).title);
    assert.ok(!`${words.title} ${words.text}`.includes(code));
  });
}

test('a code that nobody has heard of still gets words', () => {
  assert.equal(wordsFor(new Refusal('never_heard_of', 422)).title, 'That did not work');
  assert.equal(wordsFor(new Refusal('never_heard_of', 500)).title, 'Something went wrong at the bank');
});

test('a time to wait is told in seconds or minutes', () => {
  for (const [retryAfter, told] of [
    [0, 'a second'], [1, 'a second'], [20, 'about 20 seconds'], [60, 'about a minute'], [900, 'about 15 minutes'],
  ] as const) {
    const { text } = wordsFor(new Refusal('too_many_attempts', 429, {}, { retryAfter }));
    assert.ok(text.endsWith(` Wait ${told}.`), text);
  }
});

test('a transfer that may have left is never called unsent, whatever stood in the way', () => {
  for (const code of [
    'unreachable',
    'timed_out',
    'unavailable',
    'step_up_denied',
    'step_up_cancelled',
    'tenant_unreachable',
    'insufficient_scope',
  ]) {
    const { title, text } = wordsForUnknown(new Refusal(code, 0));
    assert.match(title, /do not know yet/);
    assert.doesNotMatch(text, /nothing was sent/i);
  }
});

test('a step-up that did not happen is called unsent', () => {
  for (const code of ['step_up_denied', 'step_up_ignored', 'step_up_cancelled', 'tenant_unreachable']) {
    assert.match(wordsForUnsent(new Refusal(code, 0, {}, { from: 'tenant' })).text, /nothing was sent/i);
  }
});

test('a key that the bank knows from another transfer says nothing about that one', () => {
  assert.doesNotMatch(wordsForUnsent(new Refusal('idempotency_key_reused', 422)).text, /nothing was sent/i);
});

test('a login that the bank does not link is not called a wrong password', () => {
  for (const code of ['login_failed', 'not_a_customer']) {
    assert.notEqual(wordsForLinks(new Refusal(code, 403)).title, wordsFor(new Refusal(code, 403)).title);
  }
  assert.equal(wordsForLinks(new Refusal('too_many_identities', 409)).title, 'You have as many logins as you can link');
});
