import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BankAPI } from './api.ts';
import { Refusal } from './problem.ts';

const transfer = { from: '1000000001-01', to: '1000000002-01', amount: '25.00', currency: 'EUR' };
const body = { status: 'approval_pending', expires_at: '2026-11-27T12:05:00Z', ...transfer };

const noBoundToken = () => Promise.reject(new Error('no token here is bound'));

async function answered(t: { mock: typeof test.mock }, body: unknown, headers: Record<string, string>) {
  t.mock.method(globalThis, 'fetch', async () => Response.json(body, { status: 202, headers }));
  return new BankAPI('http://localhost', noBoundToken).transfer({ token: 't' }, { key: 'k', transfer, at: 0 });
}

test('a 202 says what the phone is asked for, until when, and when to ask again', async (t) => {
  const asked = await answered(t, body, { 'retry-after': '5' });
  assert.deepEqual(asked, { asking: { until: Date.parse(body.expires_at), every: 5 }, transfer });
});

test('a 202 that says less is no answer, and decides nothing', async (t) => {
  const { expires_at, ...short } = body;
  for (const [wrong, header] of [
    [{ ...body, status: 'approved' }, { 'retry-after': '5' }],
    [short, { 'retry-after': '5' }],
    [body, {}],
    [body, { 'retry-after': '0' }],
  ] as const) {
    const isOpen = (error: unknown) => error instanceof Refusal && error.outcomeUnknown;
    await assert.rejects(answered(t, wrong, { ...header }), isOpen);
    t.mock.restoreAll();
  }
});

test('to sign out waits a few seconds at most for a bank that keeps silent', async (t) => {
  const limits: number[] = [];
  t.mock.method(globalThis, 'fetch', async () => new Response(null, { status: 204 }));
  t.mock.method(AbortSignal, 'timeout', (within: number) => (limits.push(within), new AbortController().signal));
  await new BankAPI('http://localhost', noBoundToken).logout({ token: 't' });
  assert.deepEqual(limits, [5_000]);
});
