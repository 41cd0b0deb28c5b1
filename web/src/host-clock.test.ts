import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostClock } from './host-clock.ts';

const noon = Date.UTC(2026, 10, 27, 12);
const minutes = (n: number) => n * 60_000;

/** A device whose clock is ahead of the host's by some minutes, and which has been up for a while. */
function device({ ahead }: { ahead: number }) {
  const at = { host: noon, ahead: minutes(ahead), uptime: 5_000, asked: 0 };
  const headers = () => new Headers({ date: new Date(at.host).toUTCString() });
  const ask = async () => (at.asked++, headers());
  const clock = (first = headers()) =>
    new HostClock(
      first,
      ask,
      () => at.host + at.ahead,
      () => at.uptime,
    );
  return { at, clock };
}

test('a clock that is off is put right by the host’s', async () => {
  for (const ahead of [20, -20, 3 * 24 * 60]) {
    const { at, clock } = device({ ahead });
    const ours = clock();
    assert.equal(await ours.now(), noon);
    at.host += minutes(7);
    at.uptime += minutes(7);
    assert.equal(await ours.now(), at.host);
    assert.equal(at.asked, 0);
  }
});

test('seconds are no difference', async () => {
  const { at, clock } = device({ ahead: 0 });
  at.ahead = 20_000;
  assert.equal(await clock().now(), noon + 20_000);
});

test('the age of an answer from a cache is counted', async () => {
  const { clock } = device({ ahead: 0 });
  const stale = new Headers({ date: new Date(noon - minutes(60)).toUTCString(), age: '3600' });
  assert.equal(await clock(stale).now(), noon);
});

test('a host that tells no time leaves the device its own', async () => {
  const { clock } = device({ ahead: 20 });
  assert.equal(await clock(new Headers()).now(), noon + minutes(20));
});

test('a clock that is set while the page is open is noticed', async () => {
  const { at, clock } = device({ ahead: 0 });
  const ours = clock();
  at.ahead = minutes(20);
  assert.equal(await ours.now(), noon);
  assert.equal(at.asked, 1);
  assert.equal(await ours.now(), noon);
  assert.equal(at.asked, 1);
});
