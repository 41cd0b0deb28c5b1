/** What a deployment must be told, checked before anything is sent: see deploy.js. */

import { backChannelKeywords } from '../local/approvals-key.js';
import { DPOP, dpopKeywords } from '../local/dpop-setting.js';

const RULES = {
  AUTH0_DOMAIN: /^[a-z0-9.-]+(:\d+)?$/,
  AUTH0_CLIENT_ID: /^\S+$/,
  AUTH0_CLIENT_SECRET: /^\S+$/,
  WEB_ORIGIN: /^https:\/\/[^/?#]+$/,
  API_URL: /^https:\/\/[^?#]*[^/?#]$/,
  TENANT_URL: /^https:\/\/[^/?#]+\/$/,
  APPROVAL_SECRET: /^[A-Za-z0-9_-]{43,}$/,
  APPROVAL_SECRET_PREVIOUS: /^(none|[A-Za-z0-9_-]{43,})$/,
  APPROVAL_BINDING: /^(required|optional)$/,
  DPOP,
};

/**
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} flags
 * @returns {{settings: Record<string, string>, dryRun: boolean, problems: string[]}} settings: the named ones of the
 *   environment and nothing else, with the issuer that follows from the domain unless it is given, and what DPOP means
 */
export function readSettings(environment, flags) {
  const settings = Object.fromEntries(Object.keys(RULES).map((name) => [name, environment[name] ?? '']));
  settings.TENANT_URL ||= `https://${settings.AUTH0_DOMAIN}/`;
  settings.APPROVAL_SECRET_PREVIOUS ||= 'none';
  const backChannel = readBackChannel(environment.APPROVALS_CLIENT_PUBLIC_KEY);
  return {
    settings: { ...settings, ...dpopKeywords(settings.DPOP), ...backChannel.keywords },
    dryRun: flags.includes('--dry-run'),
    problems: [
      ...Object.keys(RULES)
        .filter((name) => !RULES[name].test(settings[name]))
        .map((name) => `${name} is missing or malformed`),
      ...backChannel.problems,
      ...flags.filter((flag) => flag !== '--dry-run').map((flag) => `${flag} is unknown`),
      // Secrets would go to any server that answers in Auth0's place.
      ...(environment.NODE_TLS_REJECT_UNAUTHORIZED === '0'
        ? ['NODE_TLS_REJECT_UNAUTHORIZED=0 is no way to reach Auth0']
        : []),
    ],
  };
}

/** The one setting that may be left out. */
function readBackChannel(pem) {
  try {
    return { keywords: backChannelKeywords(pem), problems: [] };
  } catch (error) {
    return { problems: [`APPROVALS_CLIENT_PUBLIC_KEY is malformed: ${error.message}`] };
  }
}

/**
 * The whole environment of the deploy CLI. It reads any setting of its own from there, over those of deploy.json:
 * AUTH0_ALLOW_DELETE deletes, AUTH0_DRY_RUN_APPLY makes a dry run write, AUTH0_DEBUG logs what is sent.
 */
export function cliEnvironment(settings, { NODE_EXTRA_CA_CERTS: authorities }) {
  return { ...settings, ...(authorities && { NODE_EXTRA_CA_CERTS: authorities }) };
}
