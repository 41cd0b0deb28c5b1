/**
 * A Management API on loopback, over TLS, for a real a0deploy: it stores what it is sent and notes each request.
 */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pem, selfSigned } from '../../local/certificate.js';
import { ROUTES } from './routes.js';
import { Tenant } from './tenant.js';

const MAX_BODY = 1024 * 1024;
const HOUR = 60 * 60 * 1000;

/**
 * @returns {Promise<{domain: string, tenant: Tenant, requests: object[], environment: object,
 *   close: () => Promise<void>}>}
 *   requests: {method, path, route, scope, type, body, status}; route is undefined for what the fake does not know.
 *   environment: what a process needs to find it, to trust it and to log in.
 */
export async function startManagementApi() {
  // The deploy CLI speaks https alone. A key in a repository is public, so each start makes one.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = pem(selfSigned(privateKey, 'localhost', Date.now() - HOUR, Date.now() + HOUR));
  const server = createServer({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const domain = `localhost:${server.address().port}`;
  const tenant = new Tenant(domain);
  const token = randomBytes(16).toString('hex');
  const requests = [];

  server.on('request', async (request, response) => {
    const { status, content } = await answer(request, { tenant, token, requests });
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(content === undefined ? undefined : JSON.stringify(content));
  });

  const folder = mkdtempSync(path.join(tmpdir(), 'management-api-'));
  const authority = path.join(folder, 'certificate.pem');
  writeFileSync(authority, cert);
  return {
    domain,
    tenant,
    requests,
    environment: {
      AUTH0_DOMAIN: domain,
      AUTH0_CLIENT_ID: tenant.deployer.client_id,
      AUTH0_CLIENT_SECRET: tenant.deployer.client_secret,
      NODE_EXTRA_CA_CERTS: authority,
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

async function answer(request, { tenant, token, requests }) {
  const { pathname } = new URL(request.url, 'https://localhost');
  const body = await readBody(request);
  if (pathname === '/oauth/token') {
    const known =
      body?.client_id === tenant.deployer.client_id && body?.client_secret === tenant.deployer.client_secret;
    return known
      ? { status: 200, content: { access_token: token, token_type: 'Bearer', expires_in: 3600 } }
      : { status: 401, content: { error: 'access_denied', error_description: 'Unauthorized' } };
  }
  if (request.headers.authorization !== `Bearer ${token}`) return problem(401, 'Invalid token');

  const route = ROUTES.find(({ method, pattern }) => method === request.method && pattern.test(pathname));
  const note = {
    method: request.method,
    path: pathname,
    route: route?.path,
    scope: route?.scope,
    type: route?.type,
    body: structuredClone(body),
  };
  requests.push(note);
  const result = route ? route.handle(tenant, { params: { ...route.pattern.exec(pathname).groups }, body }) : 404;
  note.status = typeof result === 'number' ? result : 200;
  if (note.status === 204) return { status: 204 };
  return note.status === 200 ? { status: 200, content: result } : problem(note.status, `${request.method} ${pathname}`);
}

function problem(status, message) {
  return { status, content: { statusCode: status, error: 'refused by the fake', message } };
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY) throw new Error('a body of more than 1 MiB');
  }
  if (text === '') return undefined;
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
}
