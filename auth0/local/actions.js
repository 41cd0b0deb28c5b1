/**
 * Runs the post-login Actions as Auth0 does: in the order of the trigger, each seeing what the ones before it did, all
 * within 20 s; a denial ends the flow after the Action that denied; a challenge pauses it there, and it resumes with
 * the *next* Action. An Action that throws ends the login.
 *
 * A flow is plain data, so that oidc-provider can keep it in an interaction while the user reaches for the phone.
 */

import { randomUUID } from 'node:crypto';
import { createRequire, isBuiltin } from 'node:module';
import vm from 'node:vm';

import { createApi } from './api.js';
import { ActionCache } from './cache.js';
import { Problem } from './problem.js';

const TRIGGER_LIMIT = 20_000;
const MAX_CODE = 100_000;
const MAX_SECRET = 4096;
const MAX_CHALLENGES = 4;

/** A flow before its first Action. @param {string[]} scope what the token would carry if no Action objected */
export function newFlow(scope) {
  return {
    id: randomUUID(),
    next: 0,
    scope: [...scope],
    idToken: {},
    accessToken: {},
    metadata: {},
    /** Changes of the user's app_metadata that are not written yet. */
    appMetadata: {},
    challenges: 0,
    /** Factors that the user completed in this flow: {name, timestamp, type}. */
    factors: [],
  };
}

export class Actions {
  #actions;
  #cache = new ActionCache();
  #journal;
  #factors;
  #limit;

  constructor(tenant, journal, { limit = TRIGGER_LIMIT } = {}) {
    this.#journal = journal;
    this.#limit = limit;
    this.#factors = tenant.guardianFactors.filter(({ enabled }) => enabled).map(({ name }) => name);
    this.#actions = tenant.triggers['post-login'].map(({ action_name: name }) =>
      compile(tenant.actions.find((action) => action.name === name)),
    );
  }

  /**
   * Runs the flow to its end or to its next pause.
   *
   * @param {object} flow from newFlow; changed in place
   * @param {(flow: object) => object} describe builds the event, without secrets, as it stands at that moment
   * @returns {Promise<{state: 'complete'} | {state: 'denied', reason: string} | {state: 'challenge', factor: object}>}
   */
  async run(flow, describe) {
    const deadline = Date.now() + this.#limit;
    while (flow.next < this.#actions.length) {
      const action = this.#actions[flow.next];
      const event = describe(flow);
      const entry = this.#journal.begin(flow, action.name, event);
      const commands = {};
      const api = createApi(flow, commands, { cache: this.#cache, factors: this.#factors, entry });
      try {
        await within(deadline - Date.now(), action.execute({ ...event, secrets: action.secrets }, api, entry));
      } catch (error) {
        entry.end(`threw: ${error?.message ?? error}`);
        return { state: 'denied', reason: `The Action ${action.name} failed, so this login was stopped.` };
      }
      flow.next += 1;
      if (commands.deny !== undefined) {
        entry.end('denied');
        return { state: 'denied', reason: commands.deny };
      }
      if (commands.challenge) {
        flow.challenges += 1;
        if (flow.challenges > MAX_CHALLENGES) {
          entry.end('too many challenges');
          return { state: 'denied', reason: `More than ${MAX_CHALLENGES} challenges in one login.` };
        }
        entry.end('challenged');
        return { state: 'challenge', factor: commands.challenge };
      }
      entry.end('done');
    }
    return { state: 'complete' };
  }
}

/** An Action is a CommonJS module. It gets Node's own modules and globals; its console goes to the journal. */
function compile({ name, code, file, secrets }) {
  if (Buffer.byteLength(code) > MAX_CODE) throw new Problem(`the Action ${name} is larger than ${MAX_CODE} bytes`);
  for (const secret of secrets) {
    if (secret.value.length > MAX_SECRET) {
      throw new Problem(`the secret ${secret.name} of the Action ${name} is longer than ${MAX_SECRET} characters`);
    }
  }
  let factory;
  try {
    factory = vm.compileFunction(code, ['exports', 'require', 'module', 'console'], { filename: file });
  } catch (error) {
    throw new Problem(`the Action ${name} does not compile: ${error.message}`);
  }
  const builtin = createRequire(file);
  const requireBuiltin = (id) => {
    if (isBuiltin(id)) return builtin(id);
    throw new Error(`the Action ${name} has no dependency "${id}"`);
  };
  return {
    name,
    secrets: Object.fromEntries(secrets.map((secret) => [secret.name, secret.value])),
    async execute(event, api, entry) {
      const module = { exports: {} };
      factory(module.exports, requireBuiltin, module, entry.console);
      if (typeof module.exports.onExecutePostLogin !== 'function') {
        throw new Error(`the Action ${name} exports no onExecutePostLogin`);
      }
      await module.exports.onExecutePostLogin(event, api);
    },
  };
}

async function within(limit, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the trigger took longer than 20 s')), Math.max(0, limit));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
