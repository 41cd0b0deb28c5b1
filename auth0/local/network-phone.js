/**
 * The phone page for a real phone: a listener of its own, on all interfaces, opened only if --expose-phone-to-network
 * asks for it. It has /phone and its challenges, the page that pairs, and the stylesheet and scripts; no login, no
 * tokens, nothing of /_tenant. Nothing but the pairing page answers before the browser is paired.
 *
 *   GET  /phone/pair/<code>   asks whether this is the phone: a link that is only previewed is not used up
 *   POST /phone/pair/<code>   makes it the phone
 *
 * It speaks plain http, for want of a certificate that a phone would trust: who can read the network's traffic can
 * take the key. Hence the flag's name.
 */

import { createServer } from 'node:http';

import Koa from 'koa';

import { answersAt, isSameOrigin, requestTimeouts } from './http.js';
import { assets } from './pages/assets.js';
import { html } from './pages/html.js';
import { redirect } from './pages/login.js';
import { send } from './pages/page.js';
import { phone } from './pages/phone.js';
import { Pairing } from './pairing.js';
import { Problem } from './problem.js';

const COOKIE = 'drawbridge_phone';
const LINK = /^\/phone\/pair\/([a-z0-9]+)$/;

/**
 * @param {object} parts of the tenant: push and log
 * @param {Record<string, import('node:os').NetworkInterfaceInfo[]>} interfaces of this computer
 * @returns {{server: import('node:http').Server, links: (port: number) => string[]}} not listening yet; the links pair
 */
export function networkPhone({ push, log }, interfaces) {
  const addresses = addressesOf(interfaces);
  if (addresses.length === 0)
    throw new Problem('the phone page cannot be exposed: this computer has no IPv4 address on a network');
  const pairing = new Pairing();
  const app = new Koa();
  app.on('error', (error) => log(`error on the phone: ${error.stack}`));
  app.use(guard());
  app.use(assets());
  app.use(pair(pairing, log));
  app.use(onlyPaired(pairing));
  app.use(phone({ push }, { here: 'the computer that runs Drawbridge' }));
  const links = (port) => addresses.map((address) => `http://${address}:${port}/phone/pair/${pairing.code}`);
  return { server: createServer(requestTimeouts, app.callback()), links };
}

/**
 * The Host must be the very address that the connection came in at. That is a number, not a name, and so nothing that
 * an attacker's DNS can point here.
 */
function guard() {
  return answersAt((ctx) => ctx.host === `${ctx.socket.localAddress}:${ctx.socket.localPort}`, {
    instead: 'The phone page answers at the link that Drawbridge printed.',
    // Browsers send no Sec-Fetch-Site to plain http elsewhere than on localhost. Their forms must then have an Origin
    // that says something, which it does not under no-referrer.
    referrer: 'same-origin',
  });
}

function pair(pairing, log) {
  return (ctx, next) => {
    const code = LINK.exec(ctx.path)?.[1];
    if (code === undefined || !['GET', 'POST'].includes(ctx.method)) return next();
    if (pairing.isPaired(ctx.cookies.get(COOKIE))) return redirect(ctx, '/phone');
    if (!pairing.accepts(code)) return refuse(ctx);
    if (ctx.method === 'GET') return ask(ctx);
    if (!isSameOrigin(ctx)) return refuse(ctx);
    ctx.cookies.set(COOKIE, pairing.pair(code), { httpOnly: true, sameSite: 'strict', path: '/phone' });
    log(`the browser at ${ctx.ip} is the phone now: it can approve`);
    return redirect(ctx, '/phone');
  };
}

function onlyPaired(pairing) {
  return (ctx, next) => (pairing.isPaired(ctx.cookies.get(COOKIE)) ? next() : refuse(ctx));
}

function ask(ctx) {
  send(ctx, 200, 'Is this your phone?', html`
    <p>Once paired, this browser can approve transfers, and no other on the network can.</p>
    <form method="post"><button>Pair this phone</button></form>`);
}

function refuse(ctx) {
  send(ctx, 403, 'This phone is not paired', html`
    <p>Open the link that Drawbridge printed when it started. It pairs one browser, once.</p>
    <p>Was it used before you could? Then somebody else can approve: end Drawbridge and start it again.</p>`);
}

/** Where others on the network find this computer. */
function addressesOf(interfaces) {
  return Object.values(interfaces)
    .flat()
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
