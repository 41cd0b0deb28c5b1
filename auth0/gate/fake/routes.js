/**
 * The part of the Management API (v2) that a0deploy uses for the sections of tenant.yaml.
 *
 * Each route: method, path, the scope that Auth0 asks for, the request type of the `auth0` package that its body must
 * have, and what it does. A handler gets (tenant, {params, body, query}) and answers a value, or a number for a status
 * alone. What is listed nowhere is answered 404 and noted: a test then says which call is new.
 */

const one = (collection) => (tenant, { params }) => tenant[collection].get(params.id) ?? 404;
const patch = (collection) => (tenant, { params, body }) => {
  const item = tenant[collection].get(params.id);
  return item ? Object.assign(item, body) : 404;
};
const page = (collection, name) => (tenant) => {
  const items = [...tenant[collection].values()];
  return { start: 0, limit: 100, total: items.length, [name]: items };
};
const create = (method) => (tenant, { body }) => tenant[method](body);
/** Lists with a cursor: no `next`, so this is the only page. */
const cursor = (collection, name) => (tenant) => ({ [name]: [...tenant[collection].values()] });

export const ROUTES = [
  route('GET', '/tenants/settings', 'read:tenant_settings', (tenant) => tenant.settings),
  route('PATCH', '/tenants/settings', 'update:tenant_settings', setSettings, 'UpdateTenantSettingsRequestContent'),

  route('GET', '/clients', 'read:clients', page('clients', 'clients')),
  route('GET', '/clients/:id', 'read:client_keys', one('clients')),
  route('POST', '/clients', 'create:clients', create('createClient'), 'CreateClientRequestContent'),
  route('PATCH', '/clients/:id', 'update:clients', updateClient, 'UpdateClientRequestContent'),
  route('GET', '/clients/:id/credentials', 'read:client_credentials', one('credentials')),
  route('POST', '/clients/:id/credentials', 'create:client_credentials', createCredential,
    'PostClientCredentialRequestContent'),

  route('GET', '/resource-servers', 'read:resource_servers', page('servers', 'resource_servers')),
  route('POST', '/resource-servers', 'create:resource_servers', create('createServer'), 'CreateResourceServer'),
  route('PATCH', '/resource-servers/:id', 'update:resource_servers', patch('servers'), 'UpdateResourceServer'),

  route('GET', '/client-grants', 'read:client_grants', cursor('grants', 'client_grants')),
  route('POST', '/client-grants', 'create:client_grants', create('createGrant'), 'CreateClientGrantRequestContent'),
  route('PATCH', '/client-grants/:id', 'update:client_grants', patch('grants'), 'UpdateClientGrantRequestContent'),

  route('GET', '/connections', 'read:connections', cursor('connections', 'connections')),
  route('GET', '/connections/:id', 'read:connections', one('connections')),
  route('POST', '/connections', 'create:connections', create('createConnection'), 'CreateDatabase'),
  route('PATCH', '/connections/:id', 'update:connections', patch('connections'), 'UpdateDatabase'),
  route('GET', '/connections/:id/clients', 'read:connections', listEnabledClients),
  route('PATCH', '/connections/:id/clients', 'update:connections', setEnabledClients,
    'UpdateEnabledClientConnectionsRequestContent'),

  route('GET', '/guardian/factors', 'read:guardian_factors', (tenant) => [...tenant.factors.values()]),
  route('PUT', '/guardian/factors/:id', 'update:guardian_factors', patch('factors'), 'SetGuardianFactorRequestContent'),
  route('GET', '/guardian/policies', 'read:mfa_policies', (tenant) => tenant.policies),
  route('PUT', '/guardian/policies', 'update:mfa_policies', (tenant, { body }) => (tenant.policies = body),
    'SetGuardianPoliciesRequestContent'),

  route('GET', '/actions/actions', 'read:actions', page('actions', 'actions')),
  route('POST', '/actions/actions', 'create:actions', create('createAction'), 'CreateActionRequestContent'),
  route('PATCH', '/actions/actions/:id', 'update:actions', updateAction, 'UpdateActionRequestContent'),
  route('POST', '/actions/actions/:id/deploy', 'update:actions', deployAction),
  route('GET', '/actions/modules', 'read:actions', () => ({ modules: [], total: 0, page: 0, per_page: 100 })),
  route('GET', '/actions/triggers', 'read:actions', () => ({
    triggers: [{ id: 'post-login', version: 'v3', status: 'CURRENT' }],
  })),
  route('GET', '/actions/triggers/:id/bindings', 'read:actions', listBindings),
  route('PATCH', '/actions/triggers/:id/bindings', 'update:actions', bind, 'UpdateActionBindingsRequestContent'),
];

function route(method, path, scope, handle, type) {
  const pattern = new RegExp(`^/api/v2${path.replace(':id', '(?<id>[^/]+)')}$`);
  return { method, path, scope, handle, type, pattern };
}

/** Keys are named by their ids, of which the client has two at most, and then no other method may stand beside them. */
function updateClient(tenant, { params, body }) {
  const client = tenant.clients.get(params.id);
  if (!client) return 404;
  const after = { ...client, ...body };
  const named = after.client_authentication_methods?.private_key_jwt?.credentials ?? [];
  const known = tenant.credentials.get(params.id).map(({ id }) => id);
  const fits = named.every((credential) => Object.keys(credential).join() === 'id' && known.includes(credential.id));
  if (!fits || (named.length > 0 && after.token_endpoint_auth_method !== null)) return 400;
  return Object.assign(client, body);
}

function createCredential(tenant, { params, body }) {
  return tenant.createCredential(params.id, body) ?? 400;
}

/** Minutes go in, hours come out. */
function setSettings(tenant, { body: { session_lifetime_in_minutes: minutes, ...body } }) {
  return Object.assign(tenant.settings, body, minutes === undefined ? {} : { session_lifetime: minutes / 60 });
}

function listEnabledClients(tenant, { params }) {
  return { clients: [...(tenant.enabledClients.get(params.id) ?? [])].map((id) => ({ client_id: id })) };
}

function setEnabledClients(tenant, { params, body }) {
  const enabled = tenant.enabledClients.get(params.id);
  if (!enabled || body.some(({ client_id: id }) => !tenant.clients.has(id))) return 400;
  for (const { client_id: id, status } of body) {
    if (status) enabled.add(id);
    else enabled.delete(id);
  }
  return 204;
}

function updateAction(tenant, { params, body }) {
  const action = tenant.actions.get(params.id);
  return action ? tenant.updateAction(action, body) : 404;
}

function deployAction(tenant, { params }) {
  const action = tenant.actions.get(params.id);
  return action ? Object.assign(action, { all_changes_deployed: true }) : 404;
}

function listBindings(tenant, { params }) {
  const bindings = tenant.bindings.get(params.id) ?? [];
  return { bindings, total: bindings.length, page: 0, per_page: 50 };
}

function bind(tenant, { params, body }) {
  const bindings = tenant.bind(params.id, body.bindings);
  return bindings ? { bindings } : 400;
}
