// The console: events into state, state onto the page, at most once a frame.

import { count } from './format.js';
import { List } from './list.js';
import { requestCard } from './request-card.js';
import { runCard } from './run-card.js';
import { Shelf } from './state.js';
import { follow } from './stream.js';

const capacity = 200; // the server keeps no more
const states = { connecting: 'Connecting', live: 'Live', lost: 'Connection lost, trying again' };
const byId = (id) => document.getElementById(id);

const shelves = { request: new Shelf(capacity), run: new Shelf(capacity) };
const lists = { request: new List(byId('request-list'), requestCard), run: new List(byId('run-list'), runCard) };
let status = { tenant: 'none', elsewhere: 0 };
let epoch;
let connection = 'connecting';
let paused = false;
let planned = false;

follow({
  hello(now) {
    if (epoch !== undefined && epoch !== now) for (const shelf of Object.values(shelves)) shelf.clear();
    epoch = now;
    plan();
  },
  event(kind, value) {
    if (kind === 'status') status = value;
    else shelves[kind].put(value);
    plan();
  },
  state(now) {
    connection = now;
    sayState();
  },
});

byId('pause').addEventListener('click', ({ currentTarget }) => {
  paused = !paused;
  currentTarget.setAttribute('aria-pressed', String(paused));
  sayState();
  plan();
});
byId('reset').addEventListener('click', async () => {
  if (!confirm('Forget all tables and bring the demo customers in again?')) return;
  const answer = await fetch('/_drawbridge/reset', { method: 'POST' });
  if (!answer.ok) alert(await answer.text());
});
byId('filter').addEventListener('input', () => show()); // also while paused: it is what is seen that is filtered

function plan() {
  if (planned || paused) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    if (!paused) show();
  });
}

let frozen = { request: [], run: [] };

function show() {
  if (!paused) frozen = { request: shelves.request.all, run: shelves.run.all };
  const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const kind of ['request', 'run']) {
    const all = frozen[kind];
    const found = words.length === 0 ? all : all.filter((thing) => matches(thing, words));
    lists[kind].show(found);
    const part = found.length === all.length ? '' : `${found.length} of `;
    byId(`${kind}-count`).textContent = part + all.length;
  }
  const none = { request: frozen.request.length === 0, run: frozen.run.length === 0 };
  byId('no-requests').hidden = !none.request;
  byId('no-runs').hidden = !none.run;
  byId('no-runs').textContent = {
    none: 'The tenant is not of this machine: its Actions are shown in its own dashboard.',
    'out of reach': 'The tenant cannot be asked at the moment.',
  }[status.tenant] ?? 'None has run yet. They run at the tenant whenever somebody logs in.';
  const elsewhere = count(status.elsewhere, 'table operation was', 'table operations were');
  byId('elsewhere').textContent =
    status.elsewhere === 0
      ? ''
      : `${elsewhere} for no request shown here: of schedules, of operators, of requests long gone.`;
}

function matches(thing, words) {
  const text = JSON.stringify(thing).toLowerCase();
  return words.every((word) => text.includes(word));
}

function sayState() {
  const state = paused ? 'Paused' : states[connection];
  if (byId('state').textContent !== state) byId('state').textContent = state;
  byId('state').dataset.state = paused ? 'paused' : connection;
}
