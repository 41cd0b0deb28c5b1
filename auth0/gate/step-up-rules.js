/** What keeps the step-up whole: there is no way to its scope but through the Actions, in person, with a push. */

import { CIBA } from '../local/vocabulary.js';
import { constants, missing, named, names, same, unless, values } from './findings.js';

/** Whose token it is, and whether a second factor was given: no Action may change what the guard judges by. */
const FORBIDDEN = ['setPrimaryUser', 'recordMethod'];

/** Each as those of references.js. */
export const STEP_UP_RULES = [
  function stepUpScope({ clientGrants }, { sources }) {
    const used = constants(sources, ['SCOPE', 'STEP_UP_SCOPE']);
    const grantedTo = (subject) =>
      clientGrants.filter((grant) => grant.subject_type === subject).flatMap(({ scope }) => scope);
    const [first] = used;
    return used.flatMap(({ action, value }) => [
      ...unless(grantedTo('user').includes(value), `actions: "${action}" guards "${value}", which no user is granted`),
      // A machine has no phone: a client grant would be a way around the step-up.
      ...unless(
        !grantedTo('client').includes(value),
        `clientGrants: a machine is granted "${value}" without a step-up`,
      ),
      ...unless(
        value === first.value,
        `actions: "${action}" guards "${value}" and "${first.action}" guards "${first.value}"`,
      ),
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
      ...unless(
        !transfer,
        `clients: "${name}" has session_transfer: another could act for a user, or bring their session`,
      ),
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
    return rest.flatMap(({ action, value }) =>
      unless(same(value, first.value), `actions: "${action}" and "${first.action}" differ in INTERACTIVE`));
  },

  function factors({ tenant, guardianFactors, guardianPolicies }, { sources }) {
    const enabled = guardianFactors.filter((factor) => factor.enabled).map(({ name }) => name);
    const wanted = constants(sources, ['FACTOR']);
    return [
      ...wanted.flatMap(({ action, value }) =>
        unless(enabled.includes(value), `actions: "${action}" challenges with "${value}", which is off`)),
      // A factor that no Action asks for is a weaker way to the same `mfa`.
      ...missing(
        enabled,
        values(wanted),
        (name) => `guardianFactors: "${name}" is on and no Action challenges with it`,
      ),
      ...unless(
        tenant.customize_mfa_in_postlogin_action === true,
        'tenant: challengeWith fails without customize_mfa_in_postlogin_action',
      ),
      ...guardianPolicies.policies.map((policy) => `guardianPolicies: "${policy}" would ask at every login`),
    ];
  },

  /** Only a public client proves a key, and no token that comes through the address bar can be bound to one. */
  function bound({ clients, clientGrants, resourceServers }) {
    const required = resourceServers.filter((server) => server.proof_of_possession?.required);
    return required.flatMap(({ name, identifier, proof_of_possession: { required_for: whom } }) => [
      ...unless(whom === 'public_clients', `resourceServers: "${name}" requires proofs of clients that send none`),
      ...clientGrants
        .filter((grant) => grant.audience === identifier)
        .map((grant) => named(clients, grant.client_id))
        .filter((client) => client?.grant_types.includes('implicit'))
        .map((client) => `clients: "${client.name}" may take tokens of "${name}" that are not bound`),
    ]);
  },

  /** One client alone asks by the back channel: confidential, good for nothing else, and known to the guard. */
  function backChannel({ clients }, { sources }) {
    const [mark] = values(constants(sources, ['APPROVALS']));
    const marked = clients.filter(({ client_metadata: metadata }) => metadata?.approvals !== undefined);
    const asking = clients.filter(({ grant_types: grants }) => grants.includes(CIBA));
    return [
      ...missing(
        names(marked),
        names(asking),
        (name) => `clients: "${name}" is marked approvals and has no CIBA grant`,
      ),
      ...asking.flatMap(({ name, ...client }) => [
        ...unless(
          client.client_metadata?.approvals === mark,
          `clients: "${name}" asks by the back channel, and step-up-guard knows the mark "${mark}"`,
        ),
        ...unless(client.grant_types.length === 1, `clients: "${name}" has other grants beside CIBA`),
        ...unless(
          client.client_authentication_methods?.private_key_jwt,
          `clients: "${name}" has the CIBA grant and no key of its own`,
        ),
        ...unless(
          same(client.async_approval_notification_channels, ['guardian-push']),
          `clients: "${name}" must ask by push alone: a mailbox is no second factor`,
        ),
      ]),
      ...unless(asking.length <= 1, 'clients: several ask by the back channel'),
    ];
  },
];
