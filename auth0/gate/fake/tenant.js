/**
 * What the fake Management API keeps: a tenant as Auth0 hands it over new, plus whatever is sent to it.
 *
 * A new tenant is not empty. It has the Management API, a "Default App", the database connection of the usual name,
 * every factor switched off, and here the machine client that the deploy CLI logs in as.
 */

import { createHash, createPublicKey, randomBytes, randomUUID } from 'node:crypto';

const FACTORS = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'duo',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
];

export class Tenant {
  settings = {
    friendly_name: 'New tenant',
    customize_mfa_in_postlogin_action: false,
    session_lifetime: 168,
    flags: {},
  };
  policies = ['all-applications'];
  factors = new Map(FACTORS.map((name) => [name, { name, enabled: false, trial_expired: false }]));
  clients = new Map();
  /** Client id -> its public keys. What was sent as `pem` never comes out. */
  credentials = new Map();
  /** https://auth0.com/docs/get-started/applications/credentials; none without the plan for it. */
  maxCredentials = 2;
  grants = new Map();
  servers = new Map();
  connections = new Map();
  /** Connection id -> the ids of its clients: an endpoint of their own, no longer a member of the connection. */
  enabledClients = new Map();
  actions = new Map();
  /** Secrets by Action id. They go in and never come out. */
  secrets = new Map();
  /** Trigger id -> bindings, in order. */
  bindings = new Map();

  constructor(domain) {
    this.deployer = this.createClient({
      name: 'Deploy CLI',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
    });
    const app = this.createClient({ name: 'Default App', grant_types: ['authorization_code', 'implicit'] });
    this.createServer({ name: 'Auth0 Management API', identifier: `https://${domain}/api/v2/`, is_system: true });
    this.createGrant({ client_id: this.deployer.client_id, audience: `https://${domain}/api/v2/`, scope: [] });
    const database = this.createConnection({
      name: 'Username-Password-Authentication',
      strategy: 'auth0',
      options: { mfa: { active: true } },
    });
    this.enabledClients.set(database.id, new Set([app.client_id]));
  }

  createClient(body) {
    const client = {
      tenant: 'localhost',
      global: false,
      is_token_endpoint_ip_header_trusted: false,
      cross_origin_authentication: false,
      token_endpoint_auth_method: 'client_secret_post',
      ...body,
      client_id: letters(32),
      client_secret: letters(64),
    };
    this.credentials.set(client.client_id, []);
    return put(this.clients, client.client_id, client);
  }

  createCredential(clientId, { pem, ...body }) {
    const list = this.credentials.get(clientId);
    if (!list || list.length >= this.maxCredentials) return undefined;
    const { e, kty, n } = createPublicKey(pem).export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
    const credential = { id: `cred_${letters(22)}`, kid, alg: 'RS256', ...body, created_at: now() };
    list.push(credential);
    return credential;
  }

  createServer(body) {
    return put(this.servers, ...withId('id', '', { token_lifetime: 86400, token_lifetime_for_web: 7200, ...body }));
  }

  createGrant(body) {
    return put(this.grants, ...withId('id', 'cgr_', body));
  }

  createConnection(body) {
    const connection = put(
      this.connections,
      ...withId('id', 'con_', { is_domain_connection: false, realms: [body.name], ...body }),
    );
    this.enabledClients.set(connection.id, new Set());
    return connection;
  }

  createAction({ secrets = [], ...body }) {
    const action = {
      id: randomUUID(),
      created_at: now(),
      updated_at: now(),
      status: 'built',
      all_changes_deployed: false,
      secrets: [],
      ...body,
    };
    put(this.actions, action.id, action);
    this.keepSecrets(action, secrets);
    return action;
  }

  updateAction(action, { secrets, ...body }) {
    Object.assign(action, body, { updated_at: now(), all_changes_deployed: false });
    if (secrets) this.keepSecrets(action, secrets);
    return action;
  }

  keepSecrets(action, secrets) {
    this.secrets.set(action.id, Object.fromEntries(secrets.map(({ name, value }) => [name, value])));
    action.secrets = secrets.map(({ name }) => ({ name, updated_at: now() }));
  }

  /** Auth0 binds only Actions that were deployed. */
  bind(trigger, refs) {
    const bindings = refs.map(({ ref, display_name: displayName }) => {
      const action = [...this.actions.values()].find(
        ({ name, id }) => ref.value === (ref.type === 'action_id' ? id : name),
      );
      if (!action?.all_changes_deployed) return undefined;
      return { id: randomUUID(), trigger_id: trigger, display_name: displayName, action };
    });
    if (bindings.includes(undefined)) return undefined;
    return put(this.bindings, trigger, bindings);
  }

  named(collection, name) {
    return [...this[collection].values()].find((item) => item.name === name);
  }
}

function withId(key, prefix, body) {
  const id = `${prefix}${letters(24)}`;
  return [id, { ...body, [key]: id }];
}

function put(map, id, value) {
  map.set(id, value);
  return value;
}

function letters(count) {
  return randomBytes(count * 2).toString('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, count);
}

function now() {
  return new Date().toISOString();
}
