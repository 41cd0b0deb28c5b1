/**
 * Reads tenant.yaml as auth0-deploy-cli does: ##KEYWORD## is replaced in the text before YAML is parsed, and in the
 * code of the Actions. What this tenant cannot do is refused by name (vocabulary.js); nothing is quietly ignored.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { load } from 'js-yaml';

import { Problem } from './problem.js';
import { CIBA, checkVocabulary } from './vocabulary.js';

/**
 * @param {string} file
 * @param {Record<string, string>} keywords
 * @returns {object} the tenant's resources as in the file, each client with its client_id, each Action with its code
 */
export function loadTenant(file, keywords) {
  let config;
  try {
    config = load(fillIn(readFileSync(file, 'utf8'), keywords, file), { filename: file });
  } catch (error) {
    if (error.expected) throw error;
    throw new Problem(`cannot read the tenant: ${error.message}`);
  }
  checkVocabulary(config, file);

  const folder = path.dirname(file);
  const tenant = {
    ...config,
    clients: config.clients.map((client) => ({ client_metadata: {}, ...client, client_id: clientId(client.name) })),
    actions: config.actions.map((action) => {
      const codeFile = path.resolve(folder, action.code);
      return { ...action, file: codeFile, code: readCode(codeFile, keywords, action.name) };
    }),
  };
  checkReferences(tenant, file);
  return tenant;
}

/** Looks like one of Auth0's (32 letters and digits) and stays the same from start to start. */
export function clientId(name) {
  const digest = createHash('sha512').update(`drawbridge local client\n${name}`).digest('base64');
  return digest.replace(/[^A-Za-z0-9]/g, '').slice(0, 32);
}

function fillIn(text, keywords, file) {
  const unknown = new Set();
  const filled = text.replace(/##([A-Z0-9_]+)##/g, (mark, name) => {
    if (Object.hasOwn(keywords, name)) return keywords[name];
    unknown.add(mark);
    return mark;
  });
  if (unknown.size > 0) throw new Problem(`${file}: no value for ${[...unknown].join(', ')}`);
  return filled;
}

function readCode(file, keywords, action) {
  try {
    return fillIn(readFileSync(file, 'utf8'), keywords, file);
  } catch (error) {
    if (error.expected) throw error;
    throw new Problem(`cannot read the code of the Action ${action}: ${error.message}`);
  }
}

/** Every name in the file must be defined in it. The deploy CLI finds this out half-way through an import. */
function checkReferences({ clients, clientGrants, resourceServers, databases, actions, triggers }, file) {
  const clientNames = names(clients, 'name');
  const actionNames = names(actions, 'name');
  const problems = clients.flatMap(authenticationProblems);
  for (const grant of clientGrants) {
    const server = resourceServers.find(({ identifier }) => identifier === grant.audience);
    if (!clientNames.has(grant.client_id)) problems.push(`clientGrants: no client "${grant.client_id}"`);
    if (!server) {
      problems.push(`clientGrants: no resource server "${grant.audience}"`);
      continue;
    }
    const known = names(server.scopes, 'value');
    for (const scope of grant.scope) {
      if (!known.has(scope)) problems.push(`clientGrants: "${grant.audience}" has no scope "${scope}"`);
    }
    const types = names(server.authorization_details ?? [], 'type');
    for (const type of grant.authorization_details_types ?? []) {
      if (!types.has(type)) problems.push(`clientGrants: "${grant.audience}" has no type "${type}"`);
    }
  }
  for (const database of databases) {
    for (const name of database.enabled_clients) {
      if (!clientNames.has(name)) problems.push(`databases: no client "${name}"`);
    }
  }
  for (const { action_name: name } of triggers['post-login']) {
    if (!actionNames.has(name)) problems.push(`triggers: no Action "${name}"`);
  }
  if (problems.length > 0) throw new Problem(`${file}: ${problems.join('; ')}`);
}

/**
 * Each client authenticates in one way. What Auth0 asks of a client with the CIBA grant:
 * https://auth0.com/docs/get-started/applications/configure-client-initiated-backchannel-authentication
 */
function authenticationProblems(client) {
  const { name, token_endpoint_auth_method: method, client_authentication_methods: methods } = client;
  const { grant_types: grants, async_approval_notification_channels: channels = [] } = client;
  return [
    ...(Boolean(method) === Boolean(methods) ? [`clients: "${name}" must authenticate in one way`] : []),
    ...(grants.includes(CIBA) && method === 'none' ? [`clients: "${name}" has the CIBA grant and is public`] : []),
    ...(grants.includes(CIBA) && channels.length === 0 ? [`clients: "${name}" has no channel to ask by`] : []),
  ];
}

function names(list, key) {
  return new Set(list.map((item) => item[key]));
}
