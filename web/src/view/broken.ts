// The page that is left when the app itself cannot start.

import { MissingError } from '../missing.ts';
import { button, type Child, h } from './dom.ts';

export function brokenPage(error: unknown): HTMLElement {
  const [title, ...words]: [string, ...Child[]] =
    error instanceof MissingError
      ? [
          'Your browser keeps something back',
          h('p', {}, 'To sign you in safely this page needs:'),
          h('ul', {}, ...error.missing.map((need) => h('li', {}, need))),
        ]
      : ['This page could not start', h('p', {}, 'Please try again later.')];
  return h(
    'main',
    { class: 'broken' },
    h('h1', {}, title),
    ...words,
    button('Try again', () => location.reload()),
    h(
      'details',
      { class: 'developer' },
      h('summary', {}, 'Detail for developers'),
      h('pre', { tabindex: '0' }, error instanceof Error ? error.message : String(error)),
    ),
  );
}
