/** The command line of the tenant. */

import { parseArgs } from 'node:util';

import { backChannelKeywords } from './approvals-key.js';
import { DPOP } from './dpop-setting.js';
import { Problem } from './problem.js';

const USAGE =
  'usage: node auth0/local/main.js --port N --tenant tenant.yaml --users seed.yaml --api URL --web URL' +
  ' [--data DIR] [--expose-phone-to-network N]';
const NEEDED = ['port', 'tenant', 'users', 'api', 'web'];
const EXPOSE = 'expose-phone-to-network';

/**
 * @param {string[]} args
 * @param {Record<string, string | undefined>} environment  for what must not stand on a command line
 * @returns {{port: number, tenant: string, users: string, api: string, web: string, data?: string, phonePort?: number,
 *   approvalSecret?: string, approvalBinding?: string, approvalsKey?: string, dpop?: string}}
 *   port 0 takes a free one; api and web are origins without a trailing slash; with phonePort the phone page, and it
 *   alone, listens on all interfaces.
 */
export function readOptions(args, environment) {
  const names = [...NEEDED, 'data', EXPOSE];
  let values;
  try {
    ({ values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) }));
  } catch (error) {
    throw new Problem(`${error.message}\n${USAGE}`);
  }
  const missing = NEEDED.filter((name) => !values[name]);
  if (missing.length > 0) throw new Problem(`missing --${missing.join(', --')}\n${USAGE}`);

  const { [EXPOSE]: phonePort, ...rest } = values;
  return {
    ...rest,
    port: portNumber('port', values.port),
    api: address('api', values.api),
    web: origin('web', values.web),
    ...(phonePort !== undefined && { phonePort: portNumber(EXPOSE, phonePort) }),
    ...variable('approvalSecret', 'APPROVAL_SECRET', /^[A-Za-z0-9_-]{43,}$/, environment),
    ...variable('approvalBinding', 'APPROVAL_BINDING', /^(required|optional)$/, environment),
    ...variable('dpop', 'DPOP', DPOP, environment),
    ...approvalsKey(environment.APPROVALS_CLIENT_PUBLIC_KEY),
  };
}

/** The message leaves the value out: it may be a secret. */
function variable(option, name, form, environment) {
  const value = environment[name];
  if (value === undefined) return {};
  if (!form.test(value)) throw new Problem(`the variable ${name} is malformed: ${form} is its form`);
  return { [option]: value };
}

function approvalsKey(pem) {
  if (!pem) return {};
  try {
    backChannelKeywords(pem);
  } catch (error) {
    throw new Problem(`the variable APPROVALS_CLIENT_PUBLIC_KEY is malformed: ${error.message}`);
  }
  return { approvalsKey: pem };
}

function portNumber(name, value) {
  const port = value === '' ? NaN : Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Problem(`--${name} ${value} is not a port number`);
  return port;
}

/** An http(s) URL without its trailing slash: Actions and tenant.yaml append paths to it. */
function address(name, value) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw new Problem(`--${name} ${value} is not an http or https URL`);
  }
  return url.href.replace(/\/+$/, '');
}

function origin(name, value) {
  const url = address(name, value);
  if (url !== new URL(url).origin) throw new Problem(`--${name} ${value} is not an origin: leave the path out`);
  return url;
}
