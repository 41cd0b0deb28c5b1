/**
 * What the Actions did lately, for `GET /_tenant/actions` and the console: each Action's calls of `api` and its log
 * lines. Secrets stay out: of values only numbers, booleans and short names of ours are shown, of the rest the length.
 */

const KEEP = 200;

/** Arguments that are names, not values: the first of each of these calls, and scopes. */
const SHOW_FIRST = new Set([
  'api.access.deny',
  'api.accessToken.addScope',
  'api.accessToken.removeScope',
  'api.accessToken.setCustomClaim',
  'api.idToken.setCustomClaim',
  'api.transaction.setMetadata',
  'api.user.setAppMetadata',
  'api.cache.get',
  'api.cache.set',
  'api.cache.delete',
]);

export class Journal {
  #entries = [];
  #log;

  /** @param {(line: string) => void} log where the Actions' console goes */
  constructor(log) {
    this.#log = log;
  }

  /** The last runs, oldest first. */
  get entries() {
    return this.#entries.map(({ started, ...shown }) => shown);
  }

  begin(flow, action, event) {
    const entry = {
      at: new Date().toISOString(),
      transaction: flow.id,
      action,
      protocol: event.transaction?.protocol,
      client: event.client?.name,
      user: event.user?.email,
      requested_scopes: event.transaction?.requested_scopes,
      calls: [],
      logs: [],
      result: 'running',
      duration_ms: undefined,
      started: performance.now(),
    };
    this.#entries.push(entry);
    if (this.#entries.length > KEEP) this.#entries.shift();

    const write = (...parts) => {
      const line = parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
      entry.logs.push(line);
      this.#log(`[${action}] ${line}`);
    };
    return {
      record: (call, args) => entry.calls.push({ call, args: args.map((value, index) => shown(call, value, index)) }),
      console: { log: write, info: write, warn: write, error: write, debug: write },
      end: (result) => {
        entry.result = result;
        entry.duration_ms = Math.round((performance.now() - entry.started) * 10) / 10;
        if (result.startsWith('threw')) this.#log(`[${action}] ${result}`);
      },
    };
  }
}

function shown(call, value, index) {
  return index === 0 && SHOW_FIRST.has(call) ? value : withoutTexts(value);
}

/** Of a text the length, also within options; `type` is a name. */
function withoutTexts(value, key) {
  if (typeof value === 'string') return key === 'type' ? value : `(${value.length} characters)`;
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutTexts(item, name)]));
}
