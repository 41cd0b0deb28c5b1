import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked, BankAPI, Booked, Credential } from './api.ts';
import { PhoneAsking } from './asking.ts';
import type { Auth } from './auth.ts';
import { PendingTransfers } from './pending.ts';
import { Refusal } from './problem.ts';
import type { Session } from './session.ts';
import type { StepUp } from './step-up.ts';
import { booked, challenge, phoneAsked as asked, problem, refuses, shelf, silence, transfer } from './testkit/money.ts';
import { TransferDesk, type Watch } from './transfer.ts';

/** A desk at a bank that gives these answers, and what it did. */
function desk(...answers: (Booked | Asked | Refusal)[]) {
  const log: string[] = [];
  const end = new AbortController();
  const api = {
    transfer: async ({ token }: Credential, { key }: { key: string }) => {
      log.push(`${token} ${key}`);
      const answer = answers.shift()!;
      if (answer instanceof Refusal) throw answer;
      return answer;
    },
  } as unknown as BankAPI;
  const session = {
    credential: async () => ({ token: 'code' }),
    read: (request: (credential: Credential) => unknown) => request({ token: 'code' }),
  } as unknown as Session;
  const d = { approve: () => ({ token: 'approved' }) };
  const stepUp = { answer: async () => (log.push('step-up'), d.approve()) } as unknown as StepUp;
  const auth = { forget: () => {} } as unknown as Auth;
  const pendings = new PendingTransfers(shelf(), shelf(), () => 0, () => `key-${log.length}`);
  const phone = new PhoneAsking({
    api,
    session,
    pendings,
    clock: { now: async () => 0 },
    locks: { request: (_, work) => work() },
    pause: async () => {},
  });
  const watch: Watch = {
    signal: end.signal,
    phase: (phase) => void log.push(phase),
    phone: () => {},
  };
  return Object.assign(d, {
    log, end, pendings, watch, desk: new TransferDesk({ api, auth, session, stepUp, phone, pendings }),
  });
}

test('where the bank asks the phone, nobody is sent to the tenant', async () => {
  const d = desk(asked, asked, booked);
  assert.equal(await d.desk.send(d.pendings.begin(transfer), d.watch), booked);
  assert.deepEqual(d.log, ['sending', 'code key-0', 'code key-0', 'code key-0']);
});

test('where the bank answers with a challenge, the person steps up as ever', async () => {
  const d = desk(challenge, booked);
  assert.equal(await d.desk.send(d.pendings.begin(transfer), d.watch), booked);
  assert.deepEqual(d.log, ['sending', 'code key-0', 'approval', 'step-up', 'booking', 'approved key-0']);
});

test('what is approved after the person has signed out is not sent', async () => {
  const d = desk(challenge, booked);
  d.approve = () => (d.end.abort('left'), { token: 'approved' });
  await assert.rejects(d.desk.send(d.pendings.begin(transfer), d.watch), refuses('asking_left'));
  assert.ok(!d.log.includes('approved key-0'), d.log.join());
});

test('a challenge in the middle of the asking leads to the step-up, with the same key', async () => {
  const d = desk(asked, challenge, booked);
  const pending = d.pendings.begin(transfer);
  assert.equal(await d.desk.send(pending, d.watch), booked);
  assert.deepEqual(d.log.slice(-4), ['approval', 'step-up', 'booking', 'approved key-0']);
});

test('a first request that got no answer may be given up; a later one leaves the transfer unknown', async () => {
  const d = desk(silence(), silence());
  const pending = d.pendings.begin(transfer);
  await assert.rejects(d.desk.send(pending, d.watch));
  assert.ok(!d.pendings.isUnknown(pending), 'it can at most have made the phone ring');
  await assert.rejects(d.desk.send(pending, d.watch));
  assert.ok(d.pendings.isUnknown(pending), 'the person may have approved in between');
});

test('the refusals of the asking settle the key, and too many leave the transfer waiting', async () => {
  for (const [code, status, waits] of [
    ['approval_denied', 403, false],
    ['approval_expired', 403, false],
    ['too_many_approvals', 429, true],
    ['unavailable', 503, true],
  ] as const) {
    const d = desk(problem(status, code));
    await assert.rejects(d.desk.send(d.pendings.begin(transfer), d.watch));
    assert.equal(d.pendings.waiting() !== undefined, waits, code);
  }
});
