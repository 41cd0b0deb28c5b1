/**
 * Cross-references: every name that tenant.yaml, an Action, the demo users or template.yaml uses stands in tenant.yaml,
 * and means there what the user of the name takes it to mean. The deploy CLI finds a dangling name half-way through an
 * import, if at all; a constant that differs between an Action and the tenant nobody finds.
 */

import { CIBA } from '../local/vocabulary.js';
import { readAction } from './action-source.js';

const INTERACTIVE_GRANTS = ['authorization_code', 'implicit'];
const USER_GRANTS = [...INTERACTIVE_GRANTS, CIBA];
/** step-up pauses the flow, the guard judges what came of it, and the bridge runs only if nobody refused. */
const ORDER = ['step-up', 'step-up-guard', 'login-bridge'];
/** Whose token it is, and whether a second factor was given: no Action may change what the guard judges by. */
const FORBIDDEN = ['setPrimaryUser', 'recordMethod'];
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
  return RULES.flatMap((rule) => rule(tenant, { ...bank, sources }));
}

const RULES = [
  function keywords(tenant) {
    const left = new Set(JSON.stringify(tenant).match(/##\w+##/g));
    return [...left].map((keyword) => `${keyword} is not filled in`);
  },

  function triggers({ triggers, actions }) {
    return Object.entries(triggers).flatMap(([trigger, bindings]) => {
      const bound = bindings.map((binding) => binding.action_name);
      return [
        ...missing(bound, names(actions), (name) => `triggers.${trigger}: no Action "${name}"`),
        ...missing(names(actions), bound, (name) => `actions: "${name}" is not bound to ${trigger}`),
        ...(same(bound, ORDER)
          ? []
          : [`triggers.${trigger}: the order is ${bound.join(', ')}, not ${ORDER.join(', ')}`]),
        ...actions
          .filter(
            (action) => bound.includes(action.name) && !action.supported_triggers.some(({ id }) => id === trigger),
          )
          .map(({ name }) => `actions: "${name}" does not support ${trigger}`),
      ];
    });
  },

  function handlers({ actions }, { sources }) {
    return actions.flatMap(({ name, code, deployed, secrets = [] }) => [
      ...(sources.get(name).handlers.has('onExecutePostLogin')
        ? []
        : [`actions: "${name}" does not export onExecutePostLogin`]),
      ...(code.length <= MAX_CODE ? [] : [`actions: "${name}" has more than ${MAX_CODE} characters`]),
      ...(deployed ? [] : [`actions: "${name}" would be saved and not deployed`]),
      ...secrets
        .filter(({ value }) => value.length > MAX_SECRET)
        .map((secret) => `actions: "${name}": the secret ${secret.name} is too long`),
    ]);
  },

  function secrets({ actions }, { sources }) {
    return actions.flatMap(({ name, secrets: declared = [] }) => {
      const { constants, properties } = sources.get(name);
      const used = new Set([...(constants.SECRETS ?? []), ...(properties.secrets ?? [])]);
      return [
        ...missing(
          used,
          names(declared),
          (secret) => `actions: "${name}" reads the secret ${secret}, which is not declared`,
        ),
        ...missing(names(declared), used, (secret) => `actions: "${name}" never reads the secret ${secret}`),
      ];
    });
  },

  function grants({ clientGrants, clients, resourceServers }) {
    return clientGrants.flatMap(({ client_id: name, audience, scope, subject_type: subject }) => {
      const client = named(clients, name);
      const server = resourceServers.find(({ identifier }) => identifier === audience);
      const needed = subject === 'client' ? ['client_credentials'] : USER_GRANTS;
      return [
        ...(client ? [] : [`clientGrants: no client "${name}"`]),
        ...(!client || client.grant_types.some((type) => needed.includes(type))
          ? []
          : [`clientGrants: "${name}" has no grant type for a ${subject}`]),
        ...(server ? [] : [`clientGrants: no resource server "${audience}"`]),
        ...(server
          ? missing(scope, values(server.scopes), (value) => `clientGrants: "${audience}" has no scope "${value}"`)
          : []),
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
    const interactive = clients.filter((client) => client.grant_types.some((type) => USER_GRANTS.includes(type)));
    return [
      ...missing(enabled, names(clients), (name) => `databases: no client "${name}"`),
      ...missing(names(interactive), enabled, (name) => `databases: nobody can log in at "${name}"`),
      ...missing(
        users.map(({ connection }) => connection),
        names(databases),
        (name) => `users: no connection "${name}"`,
      ),
    ];
  },

  function stepUpScope({ clientGrants }, { sources }) {
    const used = constants(sources, ['SCOPE', 'STEP_UP_SCOPE']);
    const ofUsers = clientGrants.filter((grant) => grant.subject_type === 'user').flatMap(({ scope }) => scope);
    const ofMachines = clientGrants.filter((grant) => grant.subject_type === 'client').flatMap(({ scope }) => scope);
    return used.flatMap(({ action, value }) => [
      ...(ofUsers.includes(value) ? [] : [`actions: "${action}" guards "${value}", which no user is granted`]),
      // A machine has no phone: a client grant would be a way around the step-up.
      ...(ofMachines.includes(value) ? [`clientGrants: a machine is granted "${value}" without a step-up`] : []),
      ...(value === used[0].value
        ? []
        : [`actions: "${action}" guards "${value}" and "${used[0].action}" guards "${used[0].value}"`]),
    ]);
  },

  /** The guard is the last that touches scopes, and nobody changes whose token it is. */
  function lastWord({ triggers }, { sources }) {
    const bound = (triggers['post-login'] ?? []).map((binding) => binding.action_name);
    const later = bound.slice(bound.indexOf('step-up-guard') + 1);
    return [
      ...later.filter((name) => sources.get(name)?.words.has('addScope'))
        .map((name) => `actions: "${name}" runs after step-up-guard and calls addScope`),
      ...[...sources].flatMap(([name, { words }]) =>
        FORBIDDEN.filter((method) => words.has(method)).map((method) => `actions: "${name}" calls ${method}`)),
    ];
  },

  /** Nobody acts for a user, and no token gets its scope from elsewhere: both come round the step-up. */
  function inPerson({ clients }, { sources }) {
    const guarded = constants(sources, ['SCOPE']).map(({ value }) => value);
    return clients.flatMap(({ name, session_transfer: transfer, refresh_token: refresh }) => [
      ...(transfer
        ? [`clients: "${name}" has session_transfer: another could act for a user, or bring their session`]
        : []),
      ...(refresh?.policies ?? [])
        .flatMap(({ scope = [] }) => scope)
        .filter((scope) => guarded.includes(scope))
        .map(
          (scope) => `clients: "${name}" has a refresh-token policy with "${scope}", which refreshes would bring back`,
        ),
    ]);
  },

  function protocols(_, { sources }) {
    const [first, ...rest] = constants(sources, ['INTERACTIVE']);
    return rest
      .filter(({ value }) => !same(value, first.value))
      .map(({ action }) => `actions: "${action}" and "${first.action}" differ in INTERACTIVE`);
  },

  function audience({ resourceServers }, { sources, api }) {
    const identifiers = resourceServers.map(({ identifier }) => identifier);
    const namespace = (value) => identifiers.some((identifier) => value.startsWith(`${identifier}/`));
    return [
      ...constants(sources, ['AUDIENCE']).filter(({ value }) => !identifiers.includes(value))
        .map(({ action, value }) => `actions: "${action}": no resource server "${value}"`),
      ...constants(sources, ['CLAIM_APPROVAL', 'CLAIM_TIME', 'CLAIM_TRANSFER']).filter(({ value }) => !namespace(value))
        .map(({ action, value }) => `actions: "${action}": the claim "${value}" is in no API's namespace`),
      ...missing([api.audience], identifiers, (value) => `template.yaml: no resource server "${value}"`),
    ];
  },

  function dialect({ resourceServers }, { api }) {
    const wanted = { rfc9068: 'rfc9068_profile', auth0: 'access_token' }[api.dialect];
    return resourceServers
      .filter((server) => server.token_dialect !== wanted)
      .map(
        (server) =>
          `resourceServers: "${server.name}" has the dialect ${server.token_dialect}, template.yaml expects ${wanted}`,
      );
  },

  function factors({ tenant, guardianFactors, guardianPolicies }, { sources }) {
    const enabled = guardianFactors.filter((factor) => factor.enabled).map(({ name }) => name);
    const wanted = constants(sources, ['FACTOR']);
    return [
      ...wanted
        .filter(({ value }) => !enabled.includes(value))
        .map(({ action, value }) => `actions: "${action}" challenges with "${value}", which is off`),
      // A factor that no Action asks for is a weaker way to the same `mfa`.
      ...missing(
        enabled,
        wanted.map(({ value }) => value),
        (name) => `guardianFactors: "${name}" is on and no Action challenges with it`,
      ),
      ...(tenant.customize_mfa_in_postlogin_action === true
        ? []
        : ['tenant: challengeWith fails without customize_mfa_in_postlogin_action']),
      ...guardianPolicies.policies.map((policy) => `guardianPolicies: "${policy}" would ask at every login`),
    ];
  },

  /** Only a public client proves a key, and no token that comes through the address bar can be bound to one. */
  function bound({ clients, clientGrants, resourceServers }) {
    const required = resourceServers.filter((server) => server.proof_of_possession?.required);
    return required.flatMap(({ name, identifier, proof_of_possession: { required_for: whom } }) => [
      ...(whom === 'public_clients' ? [] : [`resourceServers: "${name}" requires proofs of clients that send none`]),
      ...clientGrants
        .filter((grant) => grant.audience === identifier)
        .map((grant) => named(clients, grant.client_id))
        .filter((client) => client?.grant_types.includes('implicit'))
        .map((client) => `clients: "${client.name}" may take tokens of "${name}" that are not bound`),
    ]);
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

  /** One client alone asks by the back channel: confidential, good for nothing else, and known to the guard. */
  function backChannel({ clients }, { sources }) {
    const [mark] = constants(sources, ['APPROVALS']).map(({ value }) => value);
    const marked = clients.filter(({ client_metadata: metadata }) => metadata?.approvals !== undefined);
    const asking = clients.filter(({ grant_types: grants }) => grants.includes(CIBA));
    return [
      ...missing(
        names(marked),
        names(asking),
        (name) => `clients: "${name}" is marked approvals and has no CIBA grant`,
      ),
      ...asking.flatMap((client) => [
        ...(client.client_metadata?.approvals === mark
          ? []
          : [`clients: "${client.name}" asks by the back channel, and step-up-guard knows the mark "${mark}"`]),
        ...(client.grant_types.length === 1 ? [] : [`clients: "${client.name}" has other grants beside CIBA`]),
        ...(client.client_authentication_methods?.private_key_jwt
          ? []
          : [`clients: "${client.name}" has the CIBA grant and no key of its own`]),
        ...(same(client.async_approval_notification_channels, ['guardian-push'])
          ? []
          : [`clients: "${client.name}" must ask by push alone: a mailbox is no second factor`]),
      ]),
      ...(asking.length > 1 ? ['clients: several ask by the back channel'] : []),
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
      ...resourceServers
        .filter((server) => server.token_lifetime_for_web > server.token_lifetime)
        .map(({ name }) => `resourceServers: "${name}": token_lifetime_for_web is longer than token_lifetime`),
      ...clients
        .filter(({ refresh_token: refresh }) => refresh && refresh.idle_token_lifetime > refresh.token_lifetime)
        .map(({ name }) => `clients: "${name}": refresh tokens idle longer than they live`),
    ];
  },
];

/** The constants of these names in all Actions. */
function constants(sources, wanted) {
  return [...sources].flatMap(([action, source]) =>
    wanted.filter((name) => name in source.constants).map((name) => ({ action, value: source.constants[name] })));
}

function missing(wanted, known, message) {
  const set = new Set(known);
  return [...wanted].filter((item) => !set.has(item)).map(message);
}

function named(list, name) {
  return list.find((item) => item.name === name);
}

function names(list) {
  return list.map(({ name }) => name);
}

function values(list) {
  return list.map(({ value }) => value);
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
