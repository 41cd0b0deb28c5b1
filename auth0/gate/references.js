/**
 * Cross-references: every name that tenant.yaml, an Action, the demo users or template.yaml uses stands in tenant.yaml,
 * and means there what the user of the name takes it to mean. The deploy CLI finds a dangling name half-way through an
 * import, if at all; a constant that differs between an Action and the tenant nobody finds.
 */

import { CIBA } from '../local/vocabulary.js';
import { readAction } from './action-source.js';
import { constants, missing, named, names, overlap, same, unless, values } from './findings.js';
import { STEP_UP_RULES } from './step-up-rules.js';

const INTERACTIVE_GRANTS = ['authorization_code', 'implicit'];
const USER_GRANTS = [...INTERACTIVE_GRANTS, CIBA];
/** step-up pauses the flow, the guard judges what came of it, and the bridge runs only if nobody refused. */
const ORDER = ['step-up', 'step-up-guard', 'login-bridge'];
const MAX_CODE = 100_000;
const MAX_SECRET = 4096;

/**
 * @param {object} tenant  tenant.yaml as the deploy CLI loads it: each Action with its code
 * @param {object} bank
 * @param {object[]} bank.users  of local/seed.yaml
 * @param {{audience: string, dialect: string}} bank.api  the defaults of template.yaml
 * @returns {string[]} what does not fit
 */
export function referenceErrors(tenant, bank) {
  const sources = new Map(tenant.actions.map(({ name, code }) => [name, readAction(code)]));
  return [...RULES, ...STEP_UP_RULES].flatMap((rule) => rule(tenant, { ...bank, sources }));
}

const RULES = [
  function keywords(tenant) {
    const left = new Set(JSON.stringify(tenant).match(/##\w+##/g));
    return [...left].map((keyword) => `${keyword} is not filled in`);
  },

  function triggers({ triggers, actions }) {
    return Object.entries(triggers).flatMap(([trigger, bindings]) => {
      const bound = bindings.map((binding) => binding.action_name);
      const supporting = actions.filter((action) => action.supported_triggers.some(({ id }) => id === trigger));
      return [
        ...missing(bound, names(actions), (name) => `triggers.${trigger}: no Action "${name}"`),
        ...missing(names(actions), bound, (name) => `actions: "${name}" is not bound to ${trigger}`),
        ...unless(same(bound, ORDER), `triggers.${trigger}: the order is ${bound.join(', ')}, not ${ORDER.join(', ')}`),
        ...missing(
          names(actions).filter((name) => bound.includes(name)),
          names(supporting),
          (name) => `actions: "${name}" does not support ${trigger}`,
        ),
      ];
    });
  },

  function handlers({ actions }, { sources }) {
    return actions.flatMap(({ name, code, deployed, secrets = [] }) => [
      ...unless(
        sources.get(name).handlers.has('onExecutePostLogin'),
        `actions: "${name}" does not export onExecutePostLogin`,
      ),
      ...unless(code.length <= MAX_CODE, `actions: "${name}" has more than ${MAX_CODE} characters`),
      ...unless(deployed, `actions: "${name}" would be saved and not deployed`),
      ...secrets.flatMap((secret) =>
        unless(secret.value.length <= MAX_SECRET, `actions: "${name}": the secret ${secret.name} is too long`)),
    ]);
  },

  function secrets({ actions }, { sources }) {
    return actions.flatMap(({ name, secrets = [] }) => {
      const { constants, properties } = sources.get(name);
      const declared = names(secrets);
      const used = new Set([...(constants.SECRETS ?? []), ...(properties.secrets ?? [])]);
      return [
        ...missing(used, declared, (secret) => `actions: "${name}" reads the secret ${secret}, which is not declared`),
        ...missing(declared, used, (secret) => `actions: "${name}" never reads the secret ${secret}`),
      ];
    });
  },

  function grants({ clientGrants, clients, resourceServers }) {
    return clientGrants.flatMap(({ client_id: name, audience, scope, subject_type: subject }) => {
      const client = named(clients, name);
      const server = resourceServers.find(({ identifier }) => identifier === audience);
      const needed = subject === 'client' ? ['client_credentials'] : USER_GRANTS;
      const types = client?.grant_types ?? needed;
      const known = server ? values(server.scopes) : scope;
      return [
        ...unless(client, `clientGrants: no client "${name}"`),
        ...unless(overlap(types, needed), `clientGrants: "${name}" has no grant type for a ${subject}`),
        ...unless(server, `clientGrants: no resource server "${audience}"`),
        ...missing(scope, known, (value) => `clientGrants: "${audience}" has no scope "${value}"`),
      ];
    });
  },

  function scopes({ clientGrants, resourceServers }) {
    const granted = clientGrants.flatMap(({ scope }) => scope);
    return resourceServers.flatMap((server) =>
      missing(values(server.scopes), granted, (value) => `resourceServers: nobody is granted "${value}"`),
    );
  },

  function databases({ databases, clients }, { users }) {
    const enabled = databases.flatMap((database) => database.enabled_clients);
    const interactive = clients.filter((client) => overlap(client.grant_types, USER_GRANTS));
    const connections = users.map(({ connection }) => connection);
    return [
      ...missing(enabled, names(clients), (name) => `databases: no client "${name}"`),
      ...missing(names(interactive), enabled, (name) => `databases: nobody can log in at "${name}"`),
      ...missing(connections, names(databases), (name) => `users: no connection "${name}"`),
    ];
  },

  function audience({ resourceServers }, { sources, api }) {
    const identifiers = resourceServers.map(({ identifier }) => identifier);
    const inNamespace = (claim) => identifiers.some((identifier) => claim.startsWith(`${identifier}/`));
    return [
      ...constants(sources, ['AUDIENCE']).flatMap(({ action, value }) =>
        unless(identifiers.includes(value), `actions: "${action}": no resource server "${value}"`)),
      ...constants(sources, ['CLAIM_APPROVAL', 'CLAIM_TIME', 'CLAIM_TRANSFER']).flatMap(({ action, value }) =>
        unless(inNamespace(value), `actions: "${action}": the claim "${value}" is in no API's namespace`)),
      ...missing([api.audience], identifiers, (value) => `template.yaml: no resource server "${value}"`),
    ];
  },

  function dialect({ resourceServers }, { api }) {
    const wanted = { rfc9068: 'rfc9068_profile', auth0: 'access_token' }[api.dialect];
    return resourceServers.flatMap(({ name, token_dialect: found }) =>
      unless(found === wanted, `resourceServers: "${name}" has the dialect ${found}, template.yaml expects ${wanted}`));
  },

  function marks({ clients, clientGrants }, { sources }) {
    const read = [...sources.values()].flatMap(({ properties }) => [...(properties.metadata ?? [])]);
    const asking = clients.filter(({ grant_types: grants }) => grants.includes(CIBA));
    const users = clientGrants
      .filter(({ subject_type: subject, client_id: name }) => subject === 'user' && !named(asking, name))
      .map((grant) => grant.client_id);
    const marked = clients.filter((client) => client.client_metadata?.login_bridge === 'true');
    return [
      ...clients.flatMap(({ name, client_metadata: metadata = {} }) =>
        missing(Object.keys(metadata), read, (key) => `clients: no Action reads "${key}" of "${name}"`),
      ),
      ...missing(users, names(marked), (name) => `clients: "${name}" logs people in and has no login_bridge mark`),
    ];
  },

  function detailTypes({ clientGrants, resourceServers }) {
    return resourceServers.flatMap(({ identifier, authorization_details: details = [] }) => {
      const registered = details.map(({ type }) => type);
      const granted = clientGrants
        .filter(({ audience }) => audience === identifier)
        .flatMap(({ authorization_details_types: types = [] }) => types);
      return [
        ...missing(granted, registered, (type) => `clientGrants: "${identifier}" has no type "${type}"`),
        ...missing(registered, granted, (type) => `resourceServers: nobody is granted the type "${type}"`),
      ];
    });
  },

  function lifetimes({ resourceServers, clients }) {
    return [
      ...resourceServers.flatMap(({ name, token_lifetime_for_web: ofWeb, token_lifetime: any }) =>
        unless(ofWeb <= any, `resourceServers: "${name}": token_lifetime_for_web is longer than token_lifetime`)),
      ...clients.flatMap(({ name, refresh_token: refresh }) =>
        unless(
          !refresh || refresh.idle_token_lifetime <= refresh.token_lifetime,
          `clients: "${name}": refresh tokens idle longer than they live`,
        )),
    ];
  },
];
