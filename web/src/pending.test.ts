import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingTransfers, type Transfer } from './pending.ts';

const transfer: Transfer = { from: '1000000001-01', to: '1000000002-01', amount: '25.00', currency: 'EUR' };

function desk() {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  let keys = 0;
  const clock = { now: 1_000_000 };
  const open = () => new PendingTransfers(storage, () => clock.now, () => `key-${++keys}`);
  return { stored, clock, open };
}

test('the same transfer keeps its key', () => {
  const pendings = desk().open();
  assert.equal(pendings.begin(transfer).key, 'key-1');
  assert.equal(pendings.begin({ ...transfer }).key, 'key-1');
});

test('another transfer gets another key', () => {
  const pendings = desk().open();
  pendings.begin(transfer);
  assert.equal(pendings.begin({ ...transfer, amount: '25.01' }).key, 'key-2');
});

test('a transfer that was settled gets a new key when it is made again', () => {
  const pendings = desk().open();
  pendings.begin(transfer);
  pendings.clear();
  assert.equal(pendings.begin(transfer).key, 'key-2');
});

test('the pending transfer survives the page', () => {
  const { open } = desk();
  open().begin(transfer);
  assert.deepEqual(open().current()?.transfer, transfer);
  assert.equal(open().current()?.key, 'key-1');
});

test('a transfer that was left lying is forgotten', () => {
  const { open, clock } = desk();
  open().begin(transfer);
  clock.now += 31 * 60 * 1000;
  assert.equal(open().current(), undefined);
});

test('what was tampered with in storage is no transfer', () => {
  const { open, stored } = desk();
  open().begin(transfer);
  const [slot] = stored.keys();
  for (const value of ['', 'null', '7', '{}', '{"key":"k"}', '{"key":"k","transfer":{"from":1},"createdAt":1}', 'no json']) {
    stored.set(slot!, value);
    assert.equal(open().current(), undefined, value);
  }
});
