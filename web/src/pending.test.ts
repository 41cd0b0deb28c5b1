import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingTransfers } from './pending.ts';
import { alice, refuses, shelf, transfer } from './testkit/money.ts';

const day = 24 * 60 * 60 * 1000;

/** A browser with one clock and one localStorage; each tab has a sessionStorage of its own. */
function browser() {
  const shared = shelf();
  const clock = { now: 1_000_000_000_000 };
  let keys = 0;
  const open = (tab = shelf()) =>
    new PendingTransfers(
      tab,
      shared,
      () => clock.now,
      () => `key-${++keys}`,
    );
  return { shared, clock, open };
}

test('the same transfer keeps its key', () => {
  const pendings = browser().open();
  assert.equal(pendings.begin(transfer).key, 'key-1');
  assert.equal(pendings.begin({ ...transfer }).key, 'key-1');
});

test('another transfer gets another key', () => {
  const pendings = browser().open();
  pendings.begin(transfer);
  assert.equal(pendings.begin({ ...transfer, amount: '25.01' }).key, 'key-2');
  assert.equal(pendings.begin({ ...transfer, reference: 'Rent' }).key, 'key-3');
});

test('a transfer that was settled gets a new key when it is made again', () => {
  const pendings = browser().open();
  pendings.settle(pendings.begin(transfer));
  assert.equal(pendings.begin(transfer).key, 'key-2');
});

test('what waits survives the page, is its tab’s alone, and is forgotten after a while', () => {
  const { open, clock } = browser();
  const tab = shelf();
  open(tab).begin(transfer);
  assert.deepEqual(open(tab).waiting()?.transfer, transfer);
  assert.equal(open().waiting(), undefined);
  clock.now += 31 * 60 * 1000;
  assert.equal(open(tab).waiting(), undefined);
});

test('what has left is unknown to every tab, for days, and keeps its key', () => {
  const { open, clock } = browser();
  const first = open();
  first.departs(first.begin(transfer), true);
  clock.now += 30 * day;
  const later = open();
  assert.equal(later.waiting(), undefined);
  assert.equal(later.unknown(alice)?.key, 'key-1');
  later.abandon();
  assert.equal(later.begin({ ...transfer }).key, 'key-1');
});

test('what is unknown is shown to the customer whose account it left, and what waits too', () => {
  const { open } = browser();
  const tab = open();
  const pending = tab.begin(transfer);
  assert.equal(tab.waiting('1000000002'), undefined);
  assert.equal(tab.waiting(alice)?.key, 'key-1');
  tab.departs(pending, true);
  assert.equal(tab.unknown('1000000002'), undefined);
  assert.equal(tab.unknown(''), undefined);
});

test('the oldest of several comes first', () => {
  const { open, clock } = browser();
  for (const amount of ['1.00', '2.00']) {
    const tab = open();
    tab.departs(tab.begin({ ...transfer, amount }), true);
    clock.now += 1000;
  }
  assert.equal(open().unknown(alice)?.transfer.amount, '1.00');
});

test('a copy of the tab does not call unsent what the other has sent', () => {
  const { open } = browser();
  const tab = shelf();
  const original = open(tab);
  const pending = original.begin(transfer);
  const copy = open(shelf(new Map(tab.stored)));
  assert.equal(copy.waiting()?.key, 'key-1');
  original.departs(pending, true);
  assert.equal(copy.waiting(), undefined);
  assert.ok(copy.isUnknown(pending));
  original.settle(pending);
  assert.equal(copy.waiting(), undefined);
});

test('what the bank has not booked waits again, and may be given up', () => {
  const pendings = browser().open();
  const pending = pendings.begin(transfer);
  pendings.answered(pendings.departs(pending, true));
  pendings.unsent(pending);
  assert.equal(pendings.unknown(alice), undefined);
  assert.equal(pendings.waiting(alice)?.key, 'key-1');
  pendings.abandon();
  assert.equal(pendings.waiting(), undefined);
});

test('a request without an answer may arrive for a minute, also when the clock is set back', () => {
  const { open, clock } = browser();
  const pendings = open();
  const pending = pendings.begin(transfer);
  assert.ok(!pendings.mayArrive(pending));
  pendings.departs(pending, true);
  assert.ok(pendings.mayArrive(pending));
  clock.now -= day;
  assert.ok(pendings.mayArrive(pending));
  clock.now += 61_000;
  assert.ok(!pendings.mayArrive(pending));
});

test('the answer to one request says nothing of another that may still arrive', () => {
  const { open, clock } = browser();
  const tab = open();
  const pending = tab.begin(transfer);
  const other = open();
  const first = tab.departs(pending, true);
  const second = other.departs(pending, true);
  other.answered(second);
  assert.ok(!other.unsent(pending));
  assert.ok(tab.isUnknown(pending));
  tab.answered(first);
  assert.ok(other.unsent(pending));
  tab.departs(pending, true);
  clock.now += 61_000;
  assert.ok(other.unsent(pending), 'or once it can no longer arrive');
});

test('nothing leaves where the browser does not keep it', () => {
  const full = { ...shelf(), setItem: () => assert.fail('QuotaExceededError') };
  const deaf = { ...shelf(), setItem: () => undefined };
  for (const storage of [full, deaf]) {
    const pendings = new PendingTransfers(shelf(), storage);
    assert.throws(() => pendings.departs({ key: 'k', transfer, at: 1 }, true), refuses('nothing_kept'));
    assert.throws(() => new PendingTransfers(storage, shelf()).begin(transfer), refuses('nothing_kept'));
  }
});

test('what the bank has booked is settled, also where the browser keeps nothing more', () => {
  const { shared, open } = browser();
  const pendings = open();
  const pending = pendings.begin(transfer);
  pendings.departs(pending, true);
  shared.setItem = () => assert.fail('QuotaExceededError');
  pendings.settle(pending);
  assert.ok(!pendings.isUnknown(pending));
});

test('settled keys are forgotten once no copy can wait for them', () => {
  const { open, clock, shared } = browser();
  const pendings = open();
  pendings.settle(pendings.begin(transfer));
  assert.equal(shared.stored.size, 1);
  clock.now += day;
  open();
  assert.equal(shared.stored.size, 0);
});

test('what was tampered with in storage is no transfer', () => {
  const { open, shared } = browser();
  const tab = shelf();
  const good = { key: 'k', transfer, at: 1_000_000_000_000 };
  const values = [
    '',
    'null',
    '7',
    '{}',
    'no json',
    { ...good, transfer: { from: 1 } },
    { ...good, key: 'two words' },
    { ...good, asking: { until: 1, every: 0 } },
    { ...good, asking: 7 },
    { ...good, key: 'another' },
  ];
  for (const value of values.map((v) => (typeof v === 'string' ? v : JSON.stringify(v)))) {
    shared.stored.set('drawbridge.unknown-transfer.k', value);
    assert.equal(open(tab).unknown(alice), undefined, value);
    shared.stored.clear();
    if (value.includes('another')) continue; // the tab has one slot, whose name holds no key
    tab.stored.set('drawbridge.waiting-transfer', value);
    assert.equal(open(tab).waiting(), undefined, value);
  }
  shared.stored.set('drawbridge.unknown-transfer.k', JSON.stringify(good));
  assert.equal(open(tab).unknown(alice)?.key, 'k');
});

test('the first request without a token that pays moves nothing; each later one may', () => {
  const { open, clock } = browser();
  const tab = shelf();
  const pending = open(tab).begin(transfer);
  const copy = open(shelf(new Map(tab.stored)));
  open(tab).departs(pending, false);
  assert.equal(open(tab).waiting()?.key, pending.key);
  copy.departs(pending, false); // the bank may have asked the phone since, and the person said yes
  assert.ok(copy.isUnknown(pending));
  clock.now += 29 * 60 * 1000;
  copy.unsent(pending);
  clock.now += 29 * 60 * 1000;
  open(tab).departs(pending, false);
  assert.ok(copy.isUnknown(pending), 'as long as it can wait anywhere');
});

test('what the phone is asked is known to every tab', () => {
  const { open } = browser();
  const pendings = open();
  const asking = { until: 1, every: 5 };
  pendings.asked({ ...pendings.begin(transfer), asking });
  assert.deepEqual(open().unknown(alice)?.asking, asking);
});
