// What several tests of money share: one transfer, where it is stored, and what may come back.

import type { Asked, Booked } from '../api.ts';
import type { Shelf } from '../pending.ts';
import type { Transfer } from '../pending-transfer.ts';
import { Refusal, refusalOf, unreachable } from '../problem.ts';

/** The customer whose money it is. */
export const alice = '1000000001';
export const transfer: Transfer = { from: '1000000001-01', to: '1000000002-01', amount: '25.00', currency: 'EUR' };
export const booked = { transfer_id: 't', ...transfer } as unknown as Booked;

/** Until when the phone is asked. */
export const until = 300_000;
export const phoneAsked: Asked = { asking: { until, every: 5 }, transfer };
export const challenge = refusalOf(403, { error: 'insufficient_scope', scope: 'transfer:funds' });
export const silence = () => unreachable(new TypeError('fetch failed'));
export const problem = (status: number, code: string, headers = {}) =>
  refusalOf(status, { code }, new Headers(headers));

export const refuses = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

export function shelf(stored = new Map<string, string>()): Shelf & { stored: Map<string, string> } {
  return {
    stored,
    get length() {
      return stored.size;
    },
    key: (index) => [...stored.keys()][index] ?? null,
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => void stored.set(name, value),
    removeItem: (name) => void stored.delete(name),
  };
}
