// An amount on the page: minor digits smaller, and read as one by a screen reader.

import { formatMoney, moneyParts } from '../money.ts';
import { h } from './dom.ts';

export function moneyView(amount: string, currency: string): HTMLElement {
  const parts = moneyParts(amount, currency).map(({ minor, text }) =>
    minor ? h('span', { class: 'minor' }, text) : text,
  );
  return h(
    'span',
    { class: 'money' },
    h('span', { 'aria-hidden': 'true' }, ...parts),
    h('span', { class: 'visually-hidden' }, formatMoney(amount, currency)),
  );
}
