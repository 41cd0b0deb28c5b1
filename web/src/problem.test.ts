import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinal, refusalFrom, unreachable } from './problem.ts';

function problem(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

test('a problem keeps its code and is shown to developers as it came', async () => {
  const refusal = await refusalFrom(
    problem(422, { code: 'insufficient_funds', title: 'No' }, { 'x-amzn-requestid': 'r-1' }),
  );
  assert.equal(refusal.code, 'insufficient_funds');
  assert.deepEqual(refusal.detail, { status: 422, code: 'insufficient_funds', title: 'No' });
  assert.equal(refusal.reference, 'r-1');
});

test('a challenge in the body is read', async () => {
  const refusal = await refusalFrom(problem(403, { error: 'insufficient_scope', scope: 'transfer:funds' }));
  assert.equal(refusal.code, 'insufficient_scope');
  assert.equal(refusal.challenge?.scope, 'transfer:funds');
});

test('an answer that is no problem document is a refusal by its status', async () => {
  const page = new Response('<h1>502</h1>', { status: 502, headers: { 'content-type': 'text/html' } });
  assert.equal((await refusalFrom(page)).code, 'unavailable');
  assert.equal((await refusalFrom(problem(503, '{"code":'))).code, 'unavailable');
  assert.equal((await refusalFrom(problem(401, '[]'))).code, 'invalid_token');
  assert.equal((await refusalFrom(problem(418, 'null'))).code, 'unexpected_answer');
});

test('Retry-After in seconds is kept, a date or nonsense is not', async () => {
  assert.equal((await refusalFrom(problem(429, {}, { 'retry-after': '30' }))).retryAfter, 30);
  for (const value of ['Wed, 21 Oct 2026 07:28:00 GMT', '-1', '99999999']) {
    assert.equal((await refusalFrom(problem(429, {}, { 'retry-after': value }))).retryAfter, undefined);
  }
});

test('silence and server errors leave the outcome open, refusals do not', async () => {
  assert.ok(unreachable(new TypeError('fetch failed')).outcomeUnknown);
  assert.ok((await refusalFrom(problem(504, {}))).outcomeUnknown);
  assert.ok(!(await refusalFrom(problem(422, { code: 'insufficient_funds' }))).outcomeUnknown);
});

test('an answer that is not the API’s own decides nothing', async () => {
  for (const status of [400, 403, 408, 422]) {
    const refusal = await refusalFrom(problem(status, '<h1>a proxy</h1>', { 'content-type': 'text/html' }));
    assert.ok(refusal.outcomeUnknown && !isFinal(refusal));
  }
});

test('a time-out is told from an unreachable bank', () => {
  assert.equal(unreachable(new DOMException('late', 'TimeoutError')).code, 'timed_out');
  assert.equal(unreachable(new TypeError('fetch failed')).code, 'unreachable');
});
