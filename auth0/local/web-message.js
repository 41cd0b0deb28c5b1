/**
 * The page that answers by web_message. oidc-provider's closes its window as soon as it has posted the answer. Auth0's
 * leaves that to the app: auth0-spa-js looks each second whether its popup is closed, and would take an approved
 * step-up for a cancelled one if it saw that before the message.
 */

import { createHash } from 'node:crypto';

const CLOSE = 'win.close();';

export function webMessage() {
  return async (ctx, next) => {
    await next();
    const script =
      typeof ctx.body === 'string' &&
      ctx.body.includes('authorization_response') &&
      /<script>([^]*?)<\/script>/.exec(ctx.body)?.[1];
    if (!script || !script.includes(CLOSE)) return;
    const open = script.replace(CLOSE, '');
    ctx.body = ctx.body.replace(script, () => open);
    const policy = ctx.response.get('content-security-policy');
    ctx.set('Content-Security-Policy', policy.replace(source(script), source(open)));
  };
}

/** How a Content-Security-Policy names an inline script. */
function source(script) {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
