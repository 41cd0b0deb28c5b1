// The journal on the page, closed until somebody wants to see what happened underneath.

import type { Journal, JournalEntry } from '../journal.ts';
import { h } from './dom.ts';

const parties = { api: 'Bank API', tenant: 'Tenant', app: 'This page' } as const;

export function journalView(journal: Journal): HTMLElement {
  const list = h('ol', { class: 'journal' }, ...journal.entries.map(line));
  const count = h('span', { class: 'count' }, String(journal.entries.length));
  journal.subscribe((entry) => {
    list.append(line(entry));
    while (list.children.length > journal.entries.length) list.firstElementChild?.remove();
    count.textContent = String(journal.entries.length);
  });
  return h(
    'details',
    { class: 'underneath' },
    h('summary', {}, 'What happened underneath ', count),
    h('p', { class: 'quiet' }, 'Each exchange of this page with the bank’s API and the tenant. Tokens and codes are never shown.'),
    list,
  );
}

function line({ at, party, title, outcome, ok, detail }: JournalEntry): HTMLElement {
  return h(
    'li',
    {},
    h('time', { datetime: at.toISOString() }, at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })),
    h('span', { class: 'party' }, parties[party]),
    h('span', { class: 'exchange' }, title),
    h('span', { class: ok ? 'outcome' : 'outcome refused' }, outcome ?? ''),
    detail && h('code', {}, describe(detail)),
  );
}

function describe(detail: Readonly<Record<string, unknown>>): string {
  const shown = ['credential', 'with', 'scope', 'errand', 'form', 'idempotency_key', 'code', 'detail', 'error', 'error_description', 'acr_values', 'max_age', 'reason', 'request_id', 'ms'];
  // A challenge repeats itself in members of its own; once is enough here.
  const said = new Set(detail.code === undefined ? [] : ['error', 'error_description']);
  return shown
    .filter((name) => detail[name] !== undefined && !said.has(name))
    .map((name) => `${name}: ${String(detail[name])}`)
    .join(' · ');
}
