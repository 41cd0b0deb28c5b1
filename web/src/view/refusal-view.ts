// A refusal on the page: a customer's words, announced at once, the reference by which the bank finds the request, and
// a developer's detail behind a disclosure.

import type { Refusal } from '../problem.ts';
import { type Words, wordsFor } from '../words.ts';
import { type Child, h } from './dom.ts';

/** With the ways on that there are. */
export function refusalView(refusal: Refusal, ways: Child[] = [], words: Words = wordsFor(refusal)): HTMLElement {
  return h(
    'div',
    { class: 'notice refusal', role: 'alert', 'data-code': refusal.code },
    h('p', { class: 'notice-title' }, words.title),
    h('p', {}, words.text),
    ways.length > 0 && h('div', { class: 'actions' }, ...ways),
    refusal.reference !== undefined && h('p', { class: 'quiet' }, 'Reference ', h('code', {}, refusal.reference)),
    h(
      'details',
      { class: 'developer' },
      h('summary', {}, 'Detail for developers'),
      h(
        'pre',
        { tabindex: '0', role: 'group', 'aria-label': 'The refusal as it came' },
        JSON.stringify(developerDetail(refusal), undefined, 2),
      ),
    ),
  );
}

function developerDetail(refusal: Refusal): Record<string, unknown> {
  return { code: refusal.code, ...(refusal.status === 0 ? {} : { status: refusal.status }), ...refusal.detail };
}
