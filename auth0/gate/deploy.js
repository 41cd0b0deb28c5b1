/**
 * Deploys tenant.yaml to an Auth0 tenant: `node auth0/gate/deploy.js [--dry-run]`.
 *
 * The deploy CLI leaves a keyword without a value as it stands, and would write "##WEB_ORIGIN##" into the tenant: here
 * a missing value stops it. And the Action login-bridge needs the secret of a client that a new tenant does not have
 * yet, so that client is made first and its secret taken from Auth0: nobody copies it, and it lies in no file.
 *
 *   AUTH0_DOMAIN AUTH0_CLIENT_ID AUTH0_CLIENT_SECRET   the machine client that may use the Management API
 *   WEB_ORIGIN API_URL                                 without a trailing slash
 *   TENANT_URL                                         the issuer, if it is not https://AUTH0_DOMAIN/ (custom domain)
 *   APPROVAL_SECRET APPROVAL_BINDING DPOP              as ApprovalSecret, ApprovalBinding and Dpop of template.yaml
 *   APPROVAL_SECRET_PREVIOUS                           the secret before it, while that is still in use
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';

import { ManagementClient } from 'auth0';

import { loadTenant } from '../local/tenant.js';
import { cliEnvironment, readSettings } from './deploy-settings.js';

const AUTH0 = path.resolve(import.meta.dirname, '..');
const TENANT = path.join(AUTH0, 'tenant.yaml');
const A0DEPLOY = createRequire(import.meta.url).resolve('auth0-deploy-cli');
const BRIDGE = 'Drawbridge Bridge';
/** Whose logins cross the bridge: the id_tokens of this client are those that POST /login takes. */
const WEB = 'Drawbridge Web';
/** For a dry run at a tenant that does not have the client yet. */
const NOT_YET = { client_id: 'not-created-yet', client_secret: 'not-created-yet' };

process.exitCode = await deploy(process.env, process.argv.slice(2));

async function deploy(environment, flags) {
  const { settings, dryRun, problems } = readSettings(environment, flags);
  if (problems.length > 0) {
    console.error(`deploy: ${problems.join('; ')}`);
    return 2;
  }
  const management = new ManagementClient({
    domain: settings.AUTH0_DOMAIN,
    clientId: settings.AUTH0_CLIENT_ID,
    clientSecret: settings.AUTH0_CLIENT_SECRET,
  });
  const bridge = await bridgeClient(management, settings, dryRun);
  const options = ['import', '-c', path.join(AUTH0, 'deploy.json'), '-i', TENANT, ...flags];
  const cli = spawn(process.execPath, [...process.execArgv, A0DEPLOY, ...options], {
    env: cliEnvironment(withBridge(settings, bridge), environment),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // The CLI must not go on alone when this process is told to stop.
  process.once('SIGTERM', () => cli.kill());
  const [code] = await once(cli, 'exit');
  if (code === 0 && settings.DPOP === 'off') await unbind(management, settings, dryRun);
  if (code === 0 && !dryRun) {
    const { client_id: web } = await named(management, WEB);
    console.log(`deploy: BridgeClientIds=${web} TokenIssuers=${settings.TENANT_URL} for template.yaml`);
  }
  return code ?? 1;
}

function withBridge(settings, { client_id: id, client_secret: secret }) {
  return { ...settings, BRIDGE_CLIENT_ID: id, BRIDGE_CLIENT_SECRET: secret };
}

/** The bridge's client with its secret, as it is in the tenant; made if it is not there. */
async function bridgeClient(management, settings, dryRun) {
  const there = await named(management, BRIDGE);
  if (there) return management.clients.get(there.client_id);
  if (dryRun) return NOT_YET;
  const { clients } = loadTenant(TENANT, withBridge(settings, NOT_YET));
  const { client_id: _, client_metadata: __, ...wanted } = clients.find(({ name }) => name === BRIDGE);
  return management.clients.create(wanted);
}

/** A setting that is not sent stays, and the deploy CLI sends no null: what bound tokens before is taken off here. */
async function unbind(management, settings, dryRun) {
  const [{ identifier }] = loadTenant(TENANT, withBridge(settings, NOT_YET)).resourceServers;
  for await (const server of await management.resourceServers.list({ per_page: 100 })) {
    if (server.identifier !== identifier || !server.proof_of_possession) continue;
    console.log(`deploy: ${dryRun ? 'would take' : 'takes'} proof_of_possession off ${identifier}`);
    if (!dryRun) await management.resourceServers.update(server.id, { proof_of_possession: null });
  }
}

async function named(management, name) {
  for await (const client of await management.clients.list({ per_page: 100 })) {
    if (client.name === name) return client;
  }
  return undefined;
}
