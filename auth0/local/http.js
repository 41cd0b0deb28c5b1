/** What holds for every request: the Host, the origin, the security headers; and reading the body of our own forms. */

const MAX_BODY = 64 * 1024;
const REQUEST_WITHIN = 5000; // ms; 64 KB over loopback take less than one

/** For node's createServer: a request that has not arrived as a whole in time is closed, also one that is refused. */
export const requestTimeouts = {
  headersTimeout: REQUEST_WITHIN,
  requestTimeout: REQUEST_WITHIN,
  connectionsCheckingInterval: 1000,
};

/** The tenant answers to its own names only. */
export function guard({ issuer, tenant }) {
  const { port } = new URL(issuer);
  const hosts = new Set([`localhost:${port}`, `127.0.0.1:${port}`]);
  return answersAt((ctx) => hosts.has(ctx.host), {
    instead: `This tenant answers at http://localhost:${port}/ only.`,
    apps: appsOf(tenant),
  });
}

/**
 * Refuses other Host names: a name that an attacker points at this machine must not make their page ours (DNS
 * rebinding). Refuses what the scripts and forms of foreign pages send, and their images.
 * @param {(ctx: object) => boolean} isOurs whether the request's Host is one of ours
 * @param {{instead: string, apps?: string[], referrer?: string}} options what to say otherwise; the origins whose pages
 *   may send requests, and where forms may lead besides here; the Referrer-Policy
 */
export function answersAt(isOurs, { instead, apps = [], referrer = 'no-referrer' }) {
  const policy = contentSecurityPolicy(apps);
  return async (ctx, next) => {
    ctx.set('Content-Security-Policy', policy);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('X-Frame-Options', 'DENY');
    ctx.set('Referrer-Policy', referrer);
    if (!isOurs(ctx)) {
      ctx.status = 421;
      ctx.body = `${instead}\n`;
      return;
    }
    if (isForeign(ctx, apps)) {
      ctx.status = 403;
      ctx.body = `Only pages of ${[`http://${ctx.host}`, ...apps].join(' and ')} may use this.\n`;
      return;
    }
    await next();
  };
}

/**
 * form-action names the apps: browsers apply it to the redirects after a form too, and after the login form comes the
 * app's callback. oidc-provider adds the hashes of its own inline scripts and lifts frame-ancestors for web_message.
 */
function contentSecurityPolicy(apps) {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    ['form-action', "'self'", ...apps].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function appsOf({ clients }) {
  return [
    ...new Set(
      clients
        .flatMap(({ callbacks = [], web_origins: origins = [] }) => [...callbacks, ...origins])
        .map((url) => new URL(url).origin),
    ),
  ];
}

/**
 * Browsers name a page's origin with whatever a script may read and with every form; with images and the like they
 * send Sec-Fetch-Site alone. A link from anywhere is none of them.
 */
function isForeign(ctx, apps) {
  const origin = ctx.get('origin');
  const site = ctx.get('sec-fetch-site');
  if (origin === 'null') return site !== 'same-origin'; // our own pages, which send no referrer
  if (origin) return origin !== `http://${ctx.host}` && !apps.includes(origin);
  return site !== '' && site !== 'same-origin' && site !== 'none' && ctx.get('sec-fetch-mode') !== 'navigate';
}

/**
 * A page elsewhere must not press our buttons. Browsers say where a request comes from in Sec-Fetch-Site; in Origin
 * too, but as `null` for the forms of pages that send no referrer, as ours. Programs send neither.
 */
export function isSameOrigin(ctx) {
  const site = ctx.get('sec-fetch-site');
  if (site) return site === 'same-origin' || site === 'none';
  const origin = ctx.get('origin');
  return !origin || origin === `http://${ctx.host}`;
}

/** The body of a form or of JSON as an object; undefined if it is neither, too large or malformed. */
export async function readBody(ctx) {
  const json = ctx.is('json');
  if (!json && !ctx.is('urlencoded')) return undefined;
  const chunks = [];
  let size = 0;
  for await (const chunk of ctx.req) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (!json) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
