/**
 * The `api` object that a post-login Action is given. Commands take effect as at Auth0: claims and scopes on the
 * tokens of this flow, a denial or a challenge once the Action has returned. A method that is not modelled here throws
 * by name: an Action must not pass its tests because a call of it did nothing.
 */

/** Auth0 sets these itself and ignores an Action that tries. */
const RESERVED = new Set([
  'acr', 'act', 'active', 'amr', 'at_hash', 'ath', 'attest', 'aud', 'auth_time', 'authorization_details', 'azp',
  'c_hash', 'client_id', 'cnf', 'cty', 'dest', 'entitlements', 'events', 'exp', 'groups', 'gty', 'htm', 'htu',
  'iat', 'internalService', 'iss', 'jcard', 'jku', 'jti', 'jwe', 'jwk', 'kid', 'may_act', 'mky', 'nbf', 'nonce',
  'object_id', 'org_id', 'org_name', 'orig', 'origid', 'permissions', 'roles', 'rph', 's_hash', 'sid',
  'sip_callid', 'sip_cseq_num', 'sip_date', 'sip_from_tag', 'sip_via_branch', 'sub', 'sub_jwk', 'toe', 'txn',
  'typ', 'uuid', 'vot', 'vtm', 'x5t#S256',
]);

/**
 * @param {object} flow      the flow (actions.js) whose tokens and pending metadata are changed
 * @param {object} commands  receives deny and challenge
 * @param {object} tenant
 * @param {object} tenant.cache       api.cache
 * @param {string[]} tenant.factors   the enabled Guardian factors
 * @param {object} tenant.entry       the journal's entry: record(call, args), console
 */
export function createApi(flow, commands, { cache, factors, entry }) {
  const methods = {
    'access.deny': (reason) => {
      commands.deny ??= String(reason);
    },
    'accessToken.setCustomClaim': (name, value) => setClaim(flow.accessToken, name, value, entry),
    'accessToken.addScope': (scope) => {
      if (!flow.scope.includes(scope)) flow.scope.push(scope);
    },
    'accessToken.removeScope': (scope) => {
      flow.scope = flow.scope.filter((item) => item !== scope);
    },
    'idToken.setCustomClaim': (name, value) => setClaim(flow.idToken, name, value, entry),
    'authentication.challengeWith': (factor, options) => {
      commands.challenge = pushOnly(factor, options, factors);
    },
    'transaction.setMetadata': (key, value) => setMetadata(flow.metadata, key, value),
    // Written by flows.js when the Actions pause or end, and shown to nobody before.
    'user.setAppMetadata': (key, value) => {
      flow.appMetadata[key] = value;
    },
    'cache.get': (key) => cache.get(key),
    'cache.set': (key, value, options) => cache.set(key, value, options),
    'cache.delete': (key) => cache.delete(key),
  };

  let api;
  const answers = new Set(['cache.get', 'cache.set', 'cache.delete']);
  const call = (name, args) => {
    if (!Object.hasOwn(methods, name)) throw new Error(`api.${name} is not modelled by the local tenant`);
    entry.record(`api.${name}`, args);
    const result = methods[name](...args);
    // All other methods return the api, to be chained.
    return answers.has(name) ? result : api;
  };
  api = node('', call);
  return api;
}

/** `api.a.b.c(…)` becomes call('a.b.c', […]), whatever the names are. */
function node(path, call) {
  const target = () => undefined;
  return new Proxy(target, {
    get(_, key) {
      // A promise chain asks every value for `then`; answering would make `await api` a call.
      if (typeof key !== 'string' || key === 'then') return undefined;
      return node(path ? `${path}.${key}` : key, call);
    },
    apply: (_, __, args) => call(path, args),
  });
}

function setClaim(claims, name, value, entry) {
  if (RESERVED.has(name)) {
    entry.console.warn(`the claim ${name} is reserved and was ignored`);
  } else {
    claims[name] = value;
  }
}

function setMetadata(metadata, key, value) {
  if (value === null) delete metadata[key];
  else if (['string', 'number', 'boolean'].includes(typeof value)) metadata[key] = value;
  else throw new Error(`api.transaction.setMetadata: ${key} must be a string, a number, a boolean or null`);
}

function pushOnly(factor, options, factors) {
  if (factor?.type !== 'push-notification') {
    throw new Error(`api.authentication.challengeWith: the factor ${factor?.type} is not modelled by the local tenant`);
  }
  if (options?.additionalFactors?.length > 0) {
    throw new Error('api.authentication.challengeWith: additionalFactors is not modelled by the local tenant');
  }
  if (!factors.includes(factor.type)) {
    throw new Error(`api.authentication.challengeWith: ${factor.type} is not enabled in guardianFactors`);
  }
  return { type: factor.type };
}
