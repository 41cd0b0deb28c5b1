/** The stylesheets and the two scripts, read once. Two of the stylesheets are the web app's. */

import { readFileSync } from 'node:fs';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' };
const FILES = [
  '../../../web/src/styles/base.css', '../../../web/src/styles/controls.css',
  'assets/tenant.css', 'assets/waiting.js', 'assets/phone.js',
];

const content = new Map(
  FILES.map((file) => [`/assets/${file.split('/').pop()}`, readFileSync(new URL(file, import.meta.url))]),
);

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
