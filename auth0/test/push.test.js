import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ANSWER_WITHIN, PushNotifications } from '../local/push.js';

const ABOUT = { user: 'alice@example.com', client: 'App', scope: 's', action: 'Do it', ip: '127.0.0.1', browser: '' };

function push() {
  let time = 1_000_000;
  const notifications = new PushNotifications({ now: () => time });
  return { notifications, pass: (ms) => { time += ms; } };
}

describe('a push', () => {
  it('waits, is approved once, and keeps that decision and its time', () => {
    const { notifications, pass } = push();
    const id = notifications.send(ABOUT);
    assert.equal(notifications.state(id), 'pending');
    pass(500);
    assert.equal(notifications.decide(id, 'approved'), 'pending');
    assert.equal(notifications.decide(id, 'denied'), 'approved');
    pass(500);
    assert.deepEqual([notifications.state(id), notifications.approvedAt(id)], ['approved', 1_000_500]);
    assert.deepEqual(notifications.pending(), []);
  });

  it('that nobody answers in five minutes cannot be approved any more', () => {
    const { notifications, pass } = push();
    const id = notifications.send(ABOUT);
    pass(ANSWER_WITHIN + 1);
    assert.equal(notifications.state(id), 'expired');
    assert.equal(notifications.decide(id, 'approved'), 'expired');
    assert.equal(notifications.approvedAt(id), undefined);
    assert.deepEqual(notifications.pending(), []);
  });

  it('that is unknown or withdrawn cannot be decided', () => {
    const { notifications } = push();
    const id = notifications.send(ABOUT);
    notifications.withdraw(id);
    assert.equal(notifications.decide(id, 'approved'), 'unknown');
    assert.equal(notifications.decide('made-up', 'approved'), 'unknown');
  });

  it('is listed newest first', () => {
    const { notifications, pass } = push();
    const first = notifications.send(ABOUT);
    pass(1);
    const second = notifications.send({ ...ABOUT, user: 'bob@example.com' });
    assert.deepEqual(notifications.pending().map(({ id }) => id), [second, first]);
  });

  it('takes the place of the one that waits for the same user', () => {
    const { notifications } = push();
    const first = notifications.send(ABOUT);
    const second = notifications.send(ABOUT);
    assert.deepEqual(notifications.pending().map(({ id }) => id), [second]);
    assert.equal(notifications.decide(first, 'approved'), 'replaced');
    assert.equal(notifications.approvedAt(first), undefined);
  });

  it('of the back channel takes no place, and loses none', () => {
    const { notifications } = push();
    const first = notifications.send(ABOUT);
    const beside = notifications.send(ABOUT, { besideOthers: true });
    assert.deepEqual([first, beside].map((id) => notifications.state(id)), ['pending', 'pending']);
    notifications.send(ABOUT);
    assert.deepEqual([first, beside].map((id) => notifications.state(id)), ['replaced', 'pending']);
  });

  it('that was answered keeps its answer when another comes', () => {
    const { notifications } = push();
    const first = notifications.send(ABOUT);
    notifications.decide(first, 'approved');
    notifications.send(ABOUT);
    assert.equal(notifications.state(first), 'approved');
  });

  it('is forgotten in the end', () => {
    const { notifications, pass } = push();
    const id = notifications.send(ABOUT);
    pass(31 * 60 * 1000);
    notifications.send(ABOUT);
    assert.equal(notifications.state(id), 'unknown');
  });
});
