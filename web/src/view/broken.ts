// The page that is left when the app itself cannot start.

import { h } from './dom.ts';

export function brokenPage(error: unknown): HTMLElement {
  return h(
    'main',
    { class: 'broken' },
    h('h1', {}, 'The bank is closed for a moment'),
    h('p', {}, 'This page could not start. Please try again later.'),
    h('button', { type: 'button', onclick: () => location.reload() }, 'Try again'),
    h('details', { class: 'developer' }, h('summary', {}, 'Detail for developers'), h('pre', { tabindex: '0' }, error instanceof Error ? error.message : String(error))),
  );
}
