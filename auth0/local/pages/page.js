/** The frame of every page. */

import { html } from './html.js';

/**
 * @param {object} ctx
 * @param {number} status
 * @param {string} title     also the heading
 * @param {object} content   from html``
 * @param {{script?: string, refresh?: number}} [behaviour] script: a file of ours; refresh: seconds, without JavaScript
 */
export function send(ctx, status, title, content, { script, refresh } = {}) {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = `<!doctype html>${html`
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Drawbridge</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/assets/base.css">
  <link rel="stylesheet" href="/assets/controls.css">
  <link rel="stylesheet" href="/assets/tenant.css">
  ${refresh && html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
  ${script && html`<script type="module" src="/assets/${script}"></script>`}
</head>
<body>
  <main>
    <p class="brand">Drawbridge</p>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`}`;
}
