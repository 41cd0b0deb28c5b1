/** The stylesheets and the two scripts, read once. The base stylesheet is the web app's. */

import { readFileSync } from 'node:fs';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' };
const FILES = ['tenant.css', 'waiting.js', 'phone.js'];

const content = new Map(
  FILES.map((name) => [`/assets/${name}`, readFileSync(new URL(`assets/${name}`, import.meta.url))]),
).set('/assets/base.css', readFileSync(new URL('../../../web/src/styles/base.css', import.meta.url)));

export function assets() {
  return (ctx, next) => {
    const file = content.get(ctx.path);
    if (!file || ctx.method !== 'GET') return next();
    ctx.set('Cache-Control', 'no-cache');
    ctx.set('Content-Type', TYPES[ctx.path.split('.').pop()]);
    ctx.body = file;
    return undefined;
  };
}
