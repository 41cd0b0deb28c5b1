/** What only this tenant has, for tests and for the console: rotating keys, and what the Actions did lately. */

import { isSameOrigin } from './http.js';

export function tenantApi({ journal }, rotateKeys) {
  return (ctx, next) => {
    if (ctx.path === '/_tenant/actions' && ctx.method === 'GET') {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = journal.entries;
      return undefined;
    }
    if (ctx.path === '/_tenant/rotate-keys' && ctx.method === 'POST') {
      if (!isSameOrigin(ctx)) {
        ctx.status = 403;
        return undefined;
      }
      rotateKeys();
      ctx.status = 204;
      return undefined;
    }
    return next();
  };
}
