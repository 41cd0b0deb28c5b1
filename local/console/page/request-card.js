// A request as a card: what was asked, the four places that it can come to, and on demand its token and the logs.

import { fill, h } from './dom.js';
import { count, duration, numericDate, time } from './format.js';

export function requestCard() {
  const head = h('header');
  const sequence = h('ol', { class: 'sequence' });
  const more = h('div', { class: 'more' });
  const summary = h('summary');
  const details = h('details', {}, summary, more);
  const element = h('li', { class: 'card' }, h('article', {}, head, sequence, details));

  const show = (r) => {
    element.dataset.tone = tone(r);
    // What the gateway settles alone, as a preflight, has no sequence to show.
    sequence.hidden = Boolean(r.answer && !r.authorizer && !r.function);
    fill(head, [r.method, r.path, r.answer, r.at, r.replayable, sequence.hidden], () => heading(r, sequence.hidden));
    fill(sequence, { ...r, credentials: undefined }, () => [gateway(r), authorizer(r), invoked(r), answer(r)]);
    const under = underneath(r);
    details.hidden = under.length === 0;
    fill(summary, [r.number, under.map(({ name }) => name)], () => [
      [...new Set(under.map(({ name }) => name))].join(', '),
      h('span', { class: 'visually-hidden' }, ` of ${r.method} ${r.path}, request ${r.number}`),
    ]);
    fill(more, under, () => under.flatMap(({ show }) => show()));
  };
  return { element, show };
}

/** Of a request, in one word: what the card's edge says by colour is said by the status in text. */
export function tone({ answer: a }) {
  if (!a) return 'running';
  if (a.status >= 500) return 'failed';
  return a.status >= 400 ? 'refused' : 'fine';
}

function heading(r, alone) {
  return [
    h('h3', {}, h('span', { class: 'method' }, r.method), ' ', h('span', { class: 'path' }, r.path)),
    h('p', { class: 'outcome' }, ...outcome(r.answer)),
    alone && line('quiet', ['the gateway alone', r.answer.gateway_response].filter(Boolean).join(': ')),
    h('time', { datetime: r.at }, time(r.at)),
    r.replayable && r.answer && replay(r),
  ];
}

function outcome(a) {
  return a ? [h('strong', {}, String(a.status)), ` ${duration(a.ms)}`] : [h('em', {}, 'on its way')];
}

/** A button: tokens are not kept, so what is sent again is the function's event, with what the authorizer said then. */
function replay(r) {
  const title = 'Invokes the function with the same event; the authorizer is not asked again';
  const button = h('button', { type: 'button', title }, 'Send again');
  button.addEventListener('click', async () => {
    const answer = await fetch(`/_drawbridge/requests/${r.id}/replay`, { method: 'POST' });
    if (!answer.ok) alert(await answer.text());
  });
  return button;
}

function gateway(r) {
  return place(
    'Gateway',
    'reached',
    line('quiet', `request ${r.number} · ${r.id.slice(0, 8)}`),
    r.replay_of && line('', `request ${r.replay_of}, sent again`),
    ...(r.credentials ?? []).map((c) => line('', `${c.scheme ?? c.source}: ${c.kind}`)),
  );
}

/** What the person approved with the second factor, if the token names it: "FROM TO AMOUNT CURRENCY KEY". */
function approval({ claims = [] }) {
  const claim = (name) => claims.find((field) => field.name.endsWith(`/${name}`))?.value;
  if (!claim('approval_id')) return undefined;
  const [from, to, amount, currency] = claim('transfer')?.split(' ') ?? [];
  const what = amount ? `${amount} ${currency} from ${from} to ${to}` : 'no transfer in particular';
  return line('approval', `approval ${claim('approval_id')} at ${time(claim('mfa_at') * 1000)}: ${what}`);
}

function authorizer(r) {
  const a = r.authorizer;
  if (!a) {
    const why = r.function ? 'none: a public route' : unreached(r);
    const said = r.replay_of ? `not asked again: what it said of request ${r.replay_of}` : why;
    return place('Authorizer', r.answer || r.replay_of ? 'passed' : 'ahead', line('quiet', said));
  }
  const reason = a.reason && a.reason !== a.decision ? ` · ${a.reason}` : '';
  const said = a.decision ? h('p', { class: 'decision' }, h('strong', {}, a.decision), reason) : running();
  return place(
    'Authorizer',
    a.decision === 'allowed' || !a.decision ? 'reached' : 'ended',
    said,
    a.cached ? line('quiet', 'from the cache') : pace(a),
    a.principal && line('principal', a.principal),
    ...(r.credentials ?? []).map(approval),
    tables(r, a.function),
  );
}

function invoked(r) {
  const f = r.function;
  if (!f) return place('Function', r.answer ? 'passed' : 'ahead', line('quiet', unreached(r)));
  const refused = r.answer?.status >= 400;
  return place(
    'Function',
    refused ? 'ended' : 'reached',
    line('name', f.function),
    f.running ? running() : pace(f),
    f.reason && h('p', { class: 'decision' }, h('strong', {}, f.reason)),
    f.error && line('wrong', f.error),
    f.warning && line('wrong', `Warning: ${f.warning}`),
    tables(r, f.function),
  );
}

function answer(r) {
  const a = r.answer;
  if (!a) return place('Answer', 'ahead', line('quiet', 'not yet'));
  return place(
    'Answer',
    'reached',
    h('p', { class: 'decision' }, h('strong', {}, String(a.status))),
    line('quiet', `${a.bytes.toLocaleString()} bytes`),
    a.gateway_response && line('', 'by the gateway:'),
    a.gateway_response && line('name', a.gateway_response),
  );
}

const unreached = (r) => (r.answer ? 'not reached' : 'not yet');
const running = () => h('p', { class: 'running' }, 'running');
const line = (kind, text) => h('p', { class: kind || undefined }, text);

function place(name, state, ...children) {
  return h('li', { class: `place ${state}` }, h('h4', {}, name), ...children);
}

function pace(i) {
  if (!i.function || i.running) return undefined;
  return line('quiet', [i.cold ? `cold, init ${duration(i.init_ms ?? 0)}` : 'warm', duration(i.ms)].join(' · '));
}

function tables(r, name) {
  const done = (r.operations ?? []).filter((o) => name && o.function === name);
  if (done.length === 0) return undefined;
  return h('ul', { class: 'tables' }, ...done.map(operation));
}

function operation(o) {
  const took = h('span', { class: 'quiet' }, ` ${duration(o.ms)}`);
  const failed = o.error && h('span', { class: 'wrong' }, ` ${o.error.replace(/Exception$/, '')}`);
  const name = h('span', { class: 'operation' }, o.name);
  const touched = o.touched ?? [];
  const [only] = touched;
  // One line, unless it is a transaction.
  if (touched.length === 1 && only.action === o.name) return h('li', {}, name, ' ', table(only), took, failed);
  const items = (t) => (t.items > 1 ? `\u00a0×\u00a0${t.items}` : '');
  const rows = touched.map((t) => h('li', {}, t.action, ' ', table(t), items(t)));
  return h('li', {}, name, took, failed, h('ul', {}, ...rows));
}

const table = (t) => h('span', { class: 'table' }, t.table);

/** What is under the card: a name for the summary, the state, and how to show it. */
function underneath(r) {
  const parts = (r.credentials ?? []).map((c) => ({ name: 'Token', c, show: () => token(c) }));
  for (const i of [r.authorizer, r.function]) {
    if (i?.logs?.length > 0) parts.push({ name: 'Logs', logs: i.logs, show: () => logs(i) });
  }
  return parts;
}

function token(c) {
  const title = c.source === 'id_token' ? 'id_token in the body' : `Authorization: ${c.scheme ?? 'of no known scheme'}`;
  if (c.kind !== 'JWT') {
    const kind = c.kind === 'unreadable' ? 'No token that can be read' : `An ${c.kind}, which is as good as a password`;
    return [h('h4', {}, title), line('quiet', `${kind}: not shown.`)];
  }
  return [
    h('h4', {}, title),
    line('quiet', 'As the client sent it; the authorizer says whether it is true. The signature is removed.'),
    h('div', { class: 'token' }, claims('Header', c.header), claims('Claims', c.claims)),
    c.withheld > 0 && line('quiet', `${count(c.withheld, 'other member is', 'other members are')} not shown.`),
  ];
}

function claims(name, fields = []) {
  const rows = fields.map((f) =>
    h('div', {}, h('dt', {}, f.name), h('dd', { class: f.withheld ? 'quiet' : undefined }, value(f))),
  );
  return h('div', {}, h('h5', {}, name), h('dl', {}, ...rows));
}

function value(f) {
  if (f.withheld) return 'withheld';
  return f.time ? numericDate(f.value) : f.value;
}

function logs(i) {
  return [h('h4', {}, `Log of ${i.function}`), h('ul', { class: 'log' }, ...i.logs.map((text) => h('li', {}, text)))];
}
