/** Starts the tenant: loads what it is made of, listens on the loopback address, and builds anew when keys rotate. */

import { createServer } from 'node:http';

import { Actions } from './actions.js';
import { Journal } from './journal.js';
import { KeyRing } from './keys.js';
import { Problem } from './problem.js';
import { buildProvider } from './provider.js';
import { PushNotifications } from './push.js';
import { Store } from './store.js';
import { clientId, loadTenant } from './tenant.js';
import { loadUsers } from './users.js';
import { Vault } from './vault.js';

const BRIDGE = 'Drawbridge Bridge';

/**
 * @param {object} options as readOptions gives them; `log` takes the log lines (default: stderr), `now` is the pushes' clock
 * @returns {Promise<{issuer: string, clients: object[], secretOf: (name: string) => string, stop: () => Promise<void>}>}
 */
export async function startTenant({ port, tenant: file, users: usersFile, api, web, data, log = console.error, now }) {
  const vault = new Vault(data);
  const server = createServer();
  await listen(server, port);
  const issuer = `http://localhost:${server.address().port}/`;

  try {
    const secretOf = (name) => vault.secret(`client_secret ${name}`);
    const tenant = loadTenant(file, {
      WEB_ORIGIN: web,
      API_URL: api,
      TENANT_URL: issuer,
      BRIDGE_CLIENT_ID: clientId(BRIDGE),
      BRIDGE_CLIENT_SECRET: secretOf(BRIDGE),
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
      store: new Store(),
    };

    // oidc-provider takes its keys at construction. All else it knows is in `parts`, so a new one continues at once.
    let handle = buildProvider(parts, rotateKeys).callback();
    function rotateKeys() {
      parts.keys.rotate();
      handle = buildProvider(parts, rotateKeys).callback();
    }
    server.on('request', (request, response) => handle(request, response));

    return { issuer, clients: tenant.clients, secretOf, stop: () => close(server) };
  } catch (error) {
    await close(server);
    throw error;
  }
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(inUse ? new Problem(`port ${port} is in use: stop what listens there, or choose another --port`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
