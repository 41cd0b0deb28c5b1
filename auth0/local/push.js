/**
 * Push notifications: a challenge waits for somebody to approve or deny it on the phone page. A decision is final; a
 * challenge that nobody answers in time counts as expired, and one whose user is sent another as replaced: neither can
 * be approved later. So one waits a user: of two, nobody can tell which is theirs. Those of the back channel say what
 * they are for, and stand beside others.
 */

import { randomBytes } from 'node:crypto';

export const ANSWER_WITHIN = 5 * 60 * 1000;
const FORGET_AFTER = 30 * 60 * 1000;

export class PushNotifications {
  #challenges = new Map();
  #now;

  constructor({ now = Date.now } = {}) {
    this.#now = now;
  }

  /**
   * Sends a push.
   * @param {{user: string, client: string, scope: string, action: string, transfer?: object, ip?: string,
   *   browser?: string, message?: string, details?: object}} about
   * @param {{within?: number, besideOthers?: boolean}} [options]  within: ms
   * @returns {string} its id, 128 random bits: who does not see the phone page cannot name a challenge
   */
  send(about, { within = ANSWER_WITHIN, besideOthers = false } = {}) {
    this.#forgetOld();
    if (!besideOthers) {
      for (const [id, other] of this.#challenges) {
        if (other.about.user === about.user && !other.besideOthers) this.decide(id, 'replaced');
      }
    }
    const id = randomBytes(16).toString('base64url');
    this.#challenges.set(id, {
      about, within, besideOthers, createdAt: this.#now(), decision: undefined, decidedAt: undefined,
    });
    return id;
  }

  /** How many of the back channel a user was sent in the last ms. */
  sentTo(user, ms) {
    const since = this.#now() - ms;
    return [...this.#challenges.values()]
      .filter(({ about, besideOthers, createdAt }) => about.user === user && besideOthers && createdAt > since).length;
  }

  /** 'pending', 'approved', 'denied', 'replaced', 'expired' or 'unknown'. */
  state(id) {
    const challenge = this.#challenges.get(id);
    if (!challenge) return 'unknown';
    if (challenge.decision) return challenge.decision;
    return this.#now() - challenge.createdAt > challenge.within ? 'expired' : 'pending';
  }

  /** Decides a pending challenge. Answers its state from before: anything but 'pending' means nothing was changed. */
  decide(id, decision) {
    const before = this.state(id);
    if (before === 'pending') {
      Object.assign(this.#challenges.get(id), { decision, decidedAt: this.#now() });
    }
    return before;
  }

  /** When it was approved, in ms. */
  approvedAt(id) {
    return this.state(id) === 'approved' ? this.#challenges.get(id).decidedAt : undefined;
  }

  /** Takes it off the phone: nobody waits for it any more. */
  withdraw(id) {
    this.#challenges.delete(id);
  }

  /** The challenges that wait for an answer, newest first. */
  pending() {
    return [...this.#challenges]
      .filter(([id]) => this.state(id) === 'pending')
      .map(([id, { createdAt, about }]) => ({
        id,
        ...about,
        created_at: new Date(createdAt).toISOString(),
      }))
      .reverse();
  }

  #forgetOld() {
    for (const [id, { createdAt }] of this.#challenges) {
      if (this.#now() - createdAt > FORGET_AFTER) this.#challenges.delete(id);
    }
  }
}
