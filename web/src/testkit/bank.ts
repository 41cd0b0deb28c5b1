// A bank that asks the phone, and browsers that ask the bank what came of it.

import type { Asked, BankAPI, Booked } from '../api.ts';
import { PhoneAsking, type Progress } from '../asking.ts';
import { PendingTransfers } from '../pending.ts';
import { Refusal } from '../problem.ts';
import type { Session } from '../session.ts';
import { phoneAsked, shelf, transfer } from './money.ts';

type Answer = Booked | Asked | Refusal | (() => Answer);

/** A bank that gives the answers one after the other, the last one for ever; time passes in pauses alone. */
export function world(...answers: Answer[]) {
  const storage = shelf();
  const w = {
    time: 0,
    pauses: [] as number[],
    keys: [] as string[],
    held: new Map<string, Promise<unknown>>(),
    end: new AbortController(),
    open: (tab = shelf()) => {
      let key = 0;
      return new PendingTransfers(tab, storage, () => w.time, () => `key-${++key}-${w.time}`);
    },
    locks: {
      request: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const before = w.held.get(name);
        const run = Promise.resolve(before).catch(() => undefined).then(work);
        w.held.set(name, run);
        return run;
      },
    },
  };
  const api = {
    transfer: async (_: unknown, { key }: { key: string }) => {
      w.keys.push(key);
      let answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      while (typeof answer === 'function') answer = answer();
      if (answer instanceof Refusal) throw answer;
      return answer;
    },
  } as unknown as BankAPI;
  const session = { read: (request: (c: object) => unknown) => request({ token: 'code' }) } as unknown as Session;
  const tab = (pendings = w.open()) => ({
    pendings,
    phone: new PhoneAsking({
      api,
      session,
      pendings,
      clock: { now: async () => w.time },
      locks: w.locks,
      pause: async (milliseconds, signal) => {
        if (signal.aborted) return;
        w.pauses.push(milliseconds / 1000);
        w.time += milliseconds;
      },
    }),
  });
  return Object.assign(w, { tab });
}

/** The first 202, and then what comes of it. */
export function asks(w: ReturnType<typeof world>, progress: (p: Progress) => void = () => {}) {
  const { phone, pendings } = w.tab();
  const asked = phone.begin(pendings.begin(transfer), phoneAsked);
  return { pendings, asked, answer: phone.answer(asked, w.end.signal, progress) };
}
