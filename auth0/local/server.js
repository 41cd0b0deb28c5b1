/**
 * Starts the tenant: loads what it is made of, listens on the loopback address, and builds anew when keys rotate. Only
 * the phone page, and only if asked for, listens elsewhere too.
 */

import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';

import { Actions } from './actions.js';
import { backChannelKeywords } from './approvals-key.js';
import { requestTimeouts } from './http.js';
import { dpopKeywords } from './dpop-setting.js';
import { Journal } from './journal.js';
import { KeyRing } from './keys.js';
import { networkPhone } from './network-phone.js';
import { Problem } from './problem.js';
import { buildProvider } from './provider.js';
import { PushNotifications } from './push.js';
import { Store } from './store.js';
import { clientId, loadTenant } from './tenant.js';
import { loadUsers } from './users.js';
import { Vault } from './vault.js';

const BRIDGE = 'Drawbridge Bridge';

/**
 * @param {object} options as readOptions gives them; `log` takes the log lines (default: stderr), `now` is the pushes'
 *   clock, `interfaces` are this computer's, `handedOver` says of users by id how their sessions came here (event.js)
 * @returns {Promise<{issuer: string, clients: object[], phoneLinks: string[], secretOf: (name: string) => string,
 *   stop: () => Promise<void>}>}
 *   phoneLinks: what pairs a phone on the network; empty if the phone page is not exposed
 */
export async function startTenant({
  port, tenant: file, users: usersFile, api, web, data, phonePort, approvalSecret, approvalBinding = 'optional',
  approvalsKey, dpop = 'allowed', log = console.error, now, interfaces = networkInterfaces(), handedOver,
}) {
  const vault = new Vault(data);
  const server = createServer(requestTimeouts);
  const servers = [server];
  await listen(server, port, '127.0.0.1');
  const issuer = `http://localhost:${server.address().port}/`;

  try {
    const secretOf = (name) => vault.secret(`client_secret ${name}`);
    const tenant = loadTenant(file, {
      WEB_ORIGIN: web,
      API_URL: api,
      TENANT_URL: issuer,
      BRIDGE_CLIENT_ID: clientId(BRIDGE),
      BRIDGE_CLIENT_SECRET: secretOf(BRIDGE),
      // Without the bank's secret there is one that nobody knows: no transfer text is good.
      APPROVAL_SECRET: approvalSecret ?? vault.secret('approval_secret'),
      APPROVAL_SECRET_PREVIOUS: 'none',
      APPROVAL_BINDING: approvalBinding,
      ...dpopKeywords(dpop),
      ...backChannelKeywords(approvalsKey),
    });
    const journal = new Journal(log);
    const parts = {
      issuer,
      tenant,
      log,
      secretOf,
      journal,
      users: await loadUsers(usersFile),
      keys: new KeyRing(vault),
      cookieKey: vault.secret('cookie_key'),
      actions: new Actions(tenant, journal),
      push: new PushNotifications({ now }),
      now,
      store: new Store(),
      handedOver,
    };

    // oidc-provider takes its keys at construction. All else it knows is in `parts`, so a new one continues at once.
    // The tenant has two names, as one that moves to a domain of its own: people, keys and grants are the same under
    // each, the issuer is the name that was asked.
    const other = new URL(issuer.replace('localhost', '127.0.0.1'));
    const handler = (name) => buildProvider({ ...parts, issuer: name }, rotateKeys).callback();
    let handle = [];
    function build() {
      handle = [handler(issuer), handler(other.href)];
    }
    function rotateKeys() {
      parts.keys.rotate();
      build();
    }
    build();
    server.on('request', (request, response) => handle[request.headers.host === other.host ? 1 : 0](request, response));

    const stop = async () => {
      await Promise.all(servers.map(close));
    };
    return {
      issuer,
      clients: tenant.clients,
      phoneLinks: await exposePhone({ ...parts, interfaces }, phonePort, servers),
      secretOf,
      stop,
    };
  } catch (error) {
    await Promise.all(servers.map(close));
    throw error;
  }
}

async function exposePhone({ push, log, interfaces }, port, servers) {
  if (port === undefined) return [];
  const { server, links } = networkPhone({ push, log }, interfaces);
  await listen(server, port, '0.0.0.0');
  servers.push(server);
  return links(server.address().port);
}

function listen(server, port, address) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(inUse ? new Problem(`port ${port} is in use: stop what listens there, or choose another`) : error);
    });
    server.listen(port, address, resolve);
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
