// A run of an Action at the tenant: what came of it, and its calls of api.

import { fill, h } from './dom.js';
import { duration, time } from './format.js';

export function runCard() {
  const article = h('article');
  const element = h('li', { class: 'card run' }, article);
  const show = (r) => {
    element.dataset.tone = tone(r);
    fill(article, r, () => [
      h(
        'header',
        {},
        h('h3', {}, r.action),
        h('p', { class: 'outcome' }, h('strong', {}, r.result), ` ${duration(r.duration_ms)}`),
        h('time', { datetime: r.at }, time(r.at)),
      ),
      h('p', { class: 'quiet' }, [r.user, r.client, r.protocol].filter(Boolean).join(' · ')),
      r.requested_scopes && h('p', { class: 'scopes' }, r.requested_scopes.join(' ')),
      (r.calls || r.logs) && h('ol', { class: 'calls' }, ...(r.calls ?? []).map(call), ...(r.logs ?? []).map(said)),
    ]);
  };
  return { element, show };
}

export function tone({ result }) {
  if (result === 'running') return 'running';
  if (result.startsWith('threw')) return 'failed';
  return result === 'done' || result === 'challenged' ? 'fine' : 'refused';
}

const said = (text) => h('li', { class: 'said' }, text);

function call({ call, args = [] }) {
  return h('li', {}, `${call}(`, h('span', { class: 'value' }, args.join(', ')), ')');
}
