/** What a deployment must be told, checked before anything is sent: see deploy.js. */

const RULES = {
  AUTH0_DOMAIN: /^[a-z0-9.-]+(:\d+)?$/,
  AUTH0_CLIENT_ID: /^\S+$/,
  AUTH0_CLIENT_SECRET: /^\S+$/,
  WEB_ORIGIN: /^https:\/\/[^/?#]+$/,
  API_URL: /^https:\/\/[^?#]*[^/?#]$/,
  TENANT_URL: /^https:\/\/[^/?#]+\/$/,
};

/**
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} flags
 * @returns {{settings: Record<string, string>, dryRun: boolean, problems: string[]}} settings: the environment, with the
 *   issuer that follows from the domain unless it is given
 */
export function readSettings(environment, flags) {
  const settings = { ...environment, TENANT_URL: environment.TENANT_URL || `https://${environment.AUTH0_DOMAIN}/` };
  return {
    settings,
    dryRun: flags.includes('--dry-run'),
    problems: [
      ...Object.keys(RULES).filter((name) => !RULES[name].test(settings[name] ?? '')).map((name) => `${name} is missing or malformed`),
      ...flags.filter((flag) => flag !== '--dry-run').map((flag) => `${flag} is unknown`),
    ],
  };
}
