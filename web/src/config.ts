// The one file that points this app at a tenant and an API: /config.json, fetched at start so that the same
// build serves the local stack, staging and production.

export interface Config {
  /** The tenant: an origin with a trailing slash, "https://your-tenant.eu.auth0.com/". */
  readonly issuer: string;
  /** The client id of the single-page app at that tenant. */
  readonly clientId: string;
  /** The API's identifier, which becomes the access token's `aud`. */
  readonly audience: string;
  /** Where the API answers, without a trailing slash; may carry a stage ("https://…/prod"). */
  readonly api: string;
}

/** What is wrong with /config.json, all of it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The configuration, and the headers that came with it. */
export async function loadConfig(fetcher: typeof fetch = fetch): Promise<{ config: Config; headers: Headers }> {
  let body: unknown;
  let headers: Headers;
  try {
    const response = await fetcher('/config.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    body = await response.json();
    headers = response.headers;
  } catch (cause) {
    throw new ConfigError(`/config.json could not be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  return { config: parseConfig(body), headers };
}

export function parseConfig(body: unknown): Config {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ConfigError('/config.json is not a JSON object');
  }
  const members = body as Record<string, unknown>;
  const problems: string[] = [];

  const text = (name: string): string => {
    const value = members[name];
    if (typeof value === 'string' && value !== '') return value;
    problems.push(`"${name}" is missing`);
    return '';
  };
  const url = (name: string): string => {
    const value = text(name);
    if (value !== '' && !safeURL(value)) {
      problems.push(`"${name}" must be an https URL (plain http only on this machine) without query or fragment`);
    }
    return value;
  };

  const config: Config = {
    issuer: url('issuer').replace(/\/*$/, '/'),
    clientId: text('client_id'),
    audience: text('audience'),
    api: url('api').replace(/\/+$/, ''),
  };
  if (problems.length > 0) throw new ConfigError(`/config.json: ${problems.join('; ')}`);
  return config;
}

// Tokens travel to these two places, so plain http is for loopback alone.
function safeURL(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const scheme = url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
  return scheme && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}
