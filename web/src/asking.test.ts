import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked } from './api.ts';
import { pauseFor } from './asking.ts';
import { Refusal, refusalOf } from './problem.ts';
import { asks, world } from './testkit/bank.ts';
import {
  alice, booked, challenge, phoneAsked as pending202, problem, refuses, silence, transfer, until,
} from './testkit/money.ts';

test('the same key is asked about as often as the bank says, until it has booked', async () => {
  const slower: Asked = { asking: { until, every: 10 }, transfer };
  const w = world(pending202, slower, pending202, booked);
  const left: number[] = [];
  const { asked, answer } = asks(w, ({ secondsLeft }) => left.push(secondsLeft));
  assert.equal(await answer, booked);
  assert.deepEqual(w.pauses, [5, 5, 10, 5]);
  assert.deepEqual(new Set(w.keys), new Set([asked.key]));
  assert.deepEqual(left, [300, 300, 295, 290, 280]);
});

test('a page whose clock is ahead goes on until the bank says that it is over', async () => {
  const w = world(() => (w.time < until + 20_000 ? pending202 : problem(403, 'approval_expired')));
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('approval_expired'));
  assert.equal(w.time, until + 20_000);
  assert.ok(!pendings.isUnknown(asked));
});

test('where the bank never says so, the asking stops all the same, and the transfer stays unknown', async () => {
  const w = world(pending202);
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('asking_over'));
  assert.equal(w.time, until + 30_000);
  assert.ok(pendings.isUnknown(asked));
});

test('an approval of the last second is booked', async () => {
  const w = world(() => (w.time < until ? pending202 : booked));
  assert.equal(await asks(w).answer, booked);
});

test('a time to wait that is longer than the phone asks ends when that does', async () => {
  const w = world(problem(429, 'too_many_requests', { 'retry-after': '3600' }), booked);
  assert.equal(await asks(w).answer, booked);
  assert.deepEqual(w.pauses, [5, 295]);
});

test('what another machine answers in the bank’s place is not its last word', async () => {
  const w = world(refusalOf(404, {}));
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer);
  assert.ok(pendings.isUnknown(asked));
});

for (const code of ['approval_denied', 'approval_expired']) {
  test(`${code} is the key's last word, and the same transfer gets a new key`, async () => {
    const w = world(problem(403, code));
    const { pendings, asked, answer } = asks(w);
    await assert.rejects(answer, refuses(code));
    assert.ok(!pendings.isUnknown(asked));
    assert.equal(pendings.waiting(), undefined);
    assert.notEqual(pendings.begin(transfer).key, asked.key);
  });
}

test('silence, an outage and a throttle end nothing, and a time to wait is kept', async () => {
  const outage = problem(503, 'unavailable', { 'retry-after': '7' });
  const w = world(silence(), outage, problem(429, 'too_many_requests'), booked);
  const troubles: (string | undefined)[] = [];
  const { answer } = asks(w, ({ trouble }) => troubles.push(trouble?.code));
  assert.equal(await answer, booked);
  assert.deepEqual(w.pauses, [5, 5, 7, 5]);
  assert.deepEqual(troubles.slice(1), [undefined, 'unreachable', 'unavailable', 'too_many_requests']);
});

test('silence until the end leaves the transfer unknown', async () => {
  const w = world(silence());
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('unreachable'));
  assert.ok(pendings.isUnknown(asked));
});

test('who cancels is asked about no more, and the key is given up', async () => {
  const w = world(() => (w.end.abort('cancelled'), pending202));
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('asking_cancelled'));
  assert.equal(w.keys.length, 1);
  assert.notEqual(pendings.begin(transfer).key, asked.key);
});

test('who cancels too late is told that it is booked', async () => {
  const w = world(() => (w.end.abort('cancelled'), booked));
  assert.equal(await asks(w).answer, booked);
});

test('a request whose answer was lost cannot be cancelled until it can no longer arrive', async () => {
  const lost = world(() => (lost.end.abort('cancelled'), silence()));
  const { pendings, asked, answer } = asks(lost);
  await assert.rejects(answer, refuses('unreachable'));
  assert.ok(pendings.isUnknown(asked));

  const cancels = (after: number) => {
    const w = world(silence(), () => {
      if (w.time > after) w.end.abort('cancelled');
      return pending202; // of a later request: it does not say what the lost one does
    });
    return asks(w).answer;
  };
  await assert.rejects(cancels(50_000), refuses('unreachable'));
  await assert.rejects(cancels(65_000), refuses('asking_cancelled'));
});

test('what another tab has lost before it was closed cannot be cancelled either', async () => {
  const w = world(() => (w.end.abort('left'), silence()));
  const { pendings, asked, answer } = asks(w);
  const end = new AbortController();
  end.abort('cancelled');
  const second = w.tab().phone.answer(asked, end.signal, () => {});
  second.catch(() => undefined);
  await assert.rejects(answer, refuses('asking_left'));
  await assert.rejects(second, refuses('unreachable'));
  assert.ok(pendings.isUnknown(asked));
});

test('who signs out leaves the transfer as it is', async () => {
  const w = world(() => (w.end.abort('left'), pending202));
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('asking_left'));
  assert.ok(pendings.isUnknown(asked));
});

test('what the bank has not booked, and wants approved in another way, waits again', async () => {
  const w = world(challenge);
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, (error) => error === challenge);
  assert.ok(!pendings.isUnknown(asked));
  assert.equal(pendings.waiting(alice)?.key, asked.key);
});

test('a no that comes after a lost answer does not say that nothing was sent', async () => {
  const w = world(silence(), problem(429, 'too_many_approvals'));
  const { pendings, asked, answer } = asks(w);
  await assert.rejects(answer, refuses('too_many_approvals'));
  assert.ok(pendings.isUnknown(asked));
});

test('a session that ends leaves the asking to the next sign-in', async () => {
  const w = world(new Refusal('session_ended', 401));
  const { pendings, answer } = asks(w);
  await assert.rejects(answer, refuses('session_ended'));
  assert.equal(pendings.unknown(alice)?.asking?.until, until);
});

test('a bank that asks the phone for another transfer is not asked about it', async () => {
  const other: Asked = { ...pending202, transfer: { ...transfer, amount: '2500.00' } };
  const { phone, pendings } = world(pending202).tab();
  assert.throws(() => phone.begin(pendings.begin(transfer), other), refuses('other_transfer'));
  const w = world(other, booked);
  await assert.rejects(asks(w).answer, refuses('other_transfer'));
  assert.equal(w.keys.length, 1);
});

test('one tab asks, and the other hears that the bank has spoken', async () => {
  const w = world(pending202, pending202, booked);
  const { asked, answer } = asks(w);
  const second = w.tab().phone.answer(asked, new AbortController().signal, () => {});
  second.catch(() => undefined);
  assert.equal(await answer, booked);
  await assert.rejects(second, refuses('settled_elsewhere'));
  assert.equal(w.keys.length, 3);
});

test('when the tab that asks is closed, another one goes on', async () => {
  const w = world(booked);
  const { phone, pendings } = w.tab();
  const { key } = phone.begin(pendings.begin(transfer), pending202);
  const found = w.open().unknown(alice);
  assert.equal(found?.key, key);
  const { asking } = found!;
  assert.deepEqual(asking, pending202.asking);
  assert.equal(await w.tab().phone.answer({ ...found!, asking: asking! }, w.end.signal, () => {}), booked);
});

test('a page that comes back after the expiry asks nobody’s phone anew', async () => {
  const w = world(pending202);
  const { phone, pendings } = w.tab();
  const asked = phone.begin(pendings.begin(transfer), pending202);
  w.time = until + 30_000;
  await assert.rejects(phone.answer(asked, w.end.signal, () => {}), refuses('asking_over'));
  assert.deepEqual(w.keys, []);
});

test('a pause ends when the person cancels, and at once if they have before', async () => {
  const end = new AbortController();
  const pause = pauseFor(600_000, end.signal);
  end.abort('cancelled');
  await pause;
  await pauseFor(600_000, end.signal);
});
