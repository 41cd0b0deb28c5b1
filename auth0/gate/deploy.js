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
 *   APPROVALS_CLIENT_PUBLIC_KEY                        one or two PEMs: approval by the back channel; left out, none
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';

import { ManagementClient } from 'auth0';

import { MAX_KEYS } from '../local/approvals-key.js';
import { loadTenant } from '../local/tenant.js';
import { cliEnvironment, readSettings } from './deploy-settings.js';

const AUTH0 = path.resolve(import.meta.dirname, '..');
const TENANT = path.join(AUTH0, 'tenant.yaml');
const A0DEPLOY = createRequire(import.meta.url).resolve('auth0-deploy-cli');
const BRIDGE = 'Drawbridge Bridge';
/** Whose logins cross the bridge: the id_tokens of this client are those that POST /login takes. */
const WEB = 'Drawbridge Web';
const APPROVALS = 'Drawbridge Approvals';
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
  const full = await roomForKeys(management, settings);
  if (full) {
    console.error(`deploy: ${full}`);
    return 1;
  }
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
  if (code !== 0 || dryRun) return code ?? 1;
  const approvals = await approvalsClient(management, settings);
  if (approvals.problem) {
    console.error(`deploy: ${approvals.problem}`);
    return 1;
  }
  const { client_id: web } = await named(management, WEB);
  const parameters = [`BridgeClientIds=${web}`, `TokenIssuers=${settings.TENANT_URL}`, ...approvals.parameters];
  console.log(`deploy: ${parameters.join(' ')} for template.yaml`);
  return 0;
}

/** Auth0 keeps two keys of a client. For a third the deploy CLI would warn, and then take away the two. */
async function roomForKeys(management, settings) {
  const wanted = keysIn(settings);
  const client = wanted.length > 0 && (await named(management, APPROVALS));
  if (!client) return undefined;
  const known = (await management.clients.credentials.list(client.client_id)).map(({ name }) => name);
  const others = known.filter((name) => !wanted.includes(name));
  if (others.length + wanted.length <= MAX_KEYS) return undefined;
  return `"${APPROVALS}" has no room for the key: delete ${others.join(' or ')} first (its tab Credentials)`;
}

function keysIn({ APPROVALS_CREDENTIALS: credentials }) {
  return JSON.parse(credentials).map(({ name }) => name);
}

/** The deploy CLI only warns when Auth0 refuses a client's keys, and leaves the client with a secret. */
async function approvalsClient(management, settings) {
  const wanted = keysIn(settings);
  if (wanted.length === 0) return { parameters: [] };
  const client = await named(management, APPROVALS);
  const known = await management.clients.credentials.list(client.client_id);
  const enabled = client.client_authentication_methods?.private_key_jwt?.credentials ?? [];
  // Auth0 documents that it makes the kid of the key, as RFC 7638 has it; the bank's assertions name it so.
  const kids = known.filter(({ id }) => enabled.some((credential) => credential.id === id)).map(({ kid }) => kid);
  return wanted.toSorted().join() === kids.toSorted().join()
    ? { parameters: [`ApprovalsClientId=${client.client_id}`] }
    : { problem: `"${APPROVALS}" has not the keys that it was given: see what the deploy CLI says of its credentials` };
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
