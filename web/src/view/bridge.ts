// The drawbridge: two towers and two leaves. Up while something must not pass, down when it may. Decoration only;
// what it means is always said in words beside it.

import { s } from './dom.ts';

export type BridgeState = 'up' | 'down';

export function bridge(state: BridgeState): SVGElement {
  return s(
    'svg',
    { class: 'bridge', viewBox: '0 0 240 96', 'aria-hidden': 'true', focusable: 'false', 'data-state': state },
    s('path', { class: 'water', d: 'M0 84 q15 -6 30 0 t30 0 t30 0 t30 0 t30 0 t30 0 t30 0 t30 0' }),
    s('path', { class: 'bank', d: 'M0 66 H64 V96 M240 66 H176 V96' }),
    s('path', { class: 'tower', d: 'M44 66 V22 h6 v6 h6 v-6 h6 v6 h6 v-6 h6 v44 M54 66 V52 a5 5 0 0 1 10 0 V66' }),
    s('path', {
      class: 'tower',
      d: 'M196 66 V22 h-6 v6 h-6 v-6 h-6 v6 h-6 v-6 h-6 v44 M186 66 V52 a5 5 0 0 0 -10 0 V66',
    }),
    s('g', { class: 'leaf left' }, s('path', { d: 'M74 66 H120' })),
    s('g', { class: 'leaf right' }, s('path', { d: 'M166 66 H120' })),
  );
}
