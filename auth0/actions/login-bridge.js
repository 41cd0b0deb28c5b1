'use strict';

/** @import {Event, PostLoginAPI, Secrets} from '@auth0/actions/post-login/v3' */

/**
 * login-bridge: while a user logs in, the bank's own server is told so, and its answer travels in the id_token.
 *
 *   POST <API_URL>/nonce {"sub","client_id"}  ->  201 {"session_id"}
 *
 * The app then shows the id_token to the bank's login API, which finds the session_id in its own table: proof that
 * this login happened a moment ago, for this user, at this client. If the server cannot be asked, the login is
 * refused: an id_token without session_id would be of no use at the bank, and nobody would know why.
 *
 * Runs last, and only
 *   - for clients whose metadata has login_bridge = "true";
 *   - on the interactive protocols: a refreshed or exchanged id_token says nothing about somebody logging in now;
 *   - not with prompt=none: nobody is there to log in, and each renewed token would leave a spare session_id behind;
 *   - when `openid` was asked for: else there is no id_token to carry the answer;
 *   - not in a step-up (`transfer:funds`): it pays for one transfer in a session that exists already.
 *
 * A session that another acts in (delegation), or that came from another app by a session transfer token, gets no
 * session_id: the bank takes a session_id for the customer in person.
 *
 * Nothing that comes from the network reaches a log or the user: bodies may hold tokens.
 */

/** @type {unknown[]} */
const INTERACTIVE = ['oidc-basic-profile', 'oidc-implicit-profile'];
const STEP_UP_SCOPE = 'transfer:funds';
const AUDIENCE = 'https://my-banking-api';
const SECRETS = ['TENANT_URL', 'API_URL', 'BRIDGE_CLIENT_ID', 'BRIDGE_CLIENT_SECRET'];

/** Each call. Auth0 gives the whole trigger 20 s; at most four calls are made. */
const CALL_LIMIT = 3000;
const MAX_BODY = 8 * 1024;
const CACHE_KEY = 'bridge-access-token';
/** A cached token is given up this long before it expires, so that it does not expire on its way. */
const EXPIRY_MARGIN = 60;
const MAX_CACHED_TOKEN = 4096;

/** What went wrong, in words of ours: safe to log. */
class BridgeError extends Error {}

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!isBridgedLogin(event)) return;
  if (event.session?.actor || event.transaction?.actor || event.session_transfer_token) {
    console.log('login-bridge: login refused, the session is delegated or transferred');
    api.access.deny('To reach your bank, sign in yourself.');
    return;
  }
  try {
    api.idToken.setCustomClaim('session_id', await requestSession(event, api));
  } catch (error) {
    const cause = error instanceof BridgeError ? error.message : `unexpected ${error?.name ?? 'failure'}`;
    console.log(`login-bridge: login refused, ${cause}`);
    api.access.deny('Your bank could not confirm this login, so it was stopped. Please try again in a moment.');
  }
};

/** @param {Event} event */
function isBridgedLogin({ client, transaction }) {
  if (!transaction || !INTERACTIVE.includes(transaction.protocol)) return false;
  const scopes = transaction.requested_scopes;
  return (
    client?.metadata?.login_bridge === 'true' &&
    !transaction.prompt?.includes('none') &&
    Array.isArray(scopes) &&
    scopes.includes('openid') &&
    !scopes.includes(STEP_UP_SCOPE)
  );
}

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
async function requestSession(event, api) {
  for (const name of SECRETS) {
    if (!event.secrets?.[name]) throw new BridgeError(`the secret ${name} is not set`);
  }
  const login = { sub: event.user.user_id, client_id: event.client.client_id };
  const cached = api.cache.get(CACHE_KEY)?.value;
  let answer = await postNonce(event.secrets, cached ?? (await fetchToken(event.secrets, api)), login);
  if (answer.status === 401 && cached) {
    // Signed with a key that is gone, or revoked: once more with a token of now.
    api.cache.delete(CACHE_KEY);
    answer = await postNonce(event.secrets, await fetchToken(event.secrets, api), login);
  }
  if (answer.status !== 201) throw new BridgeError(`POST /nonce answered ${answer.status}`);
  const sessionId = answer.body?.session_id;
  if (typeof sessionId !== 'string' || !/^[A-Za-z0-9_-]{22,256}$/.test(sessionId)) {
    throw new BridgeError('POST /nonce answered without a usable session_id');
  }
  return sessionId;
}

/**
 * @param {Secrets} secrets
 * @param {PostLoginAPI} api
 */
async function fetchToken(secrets, api) {
  const { status, body } = await post('the token endpoint', `${secrets.TENANT_URL}oauth/token`, {}, {
    grant_type: 'client_credentials',
    client_id: secrets.BRIDGE_CLIENT_ID,
    client_secret: secrets.BRIDGE_CLIENT_SECRET,
    audience: AUDIENCE,
  });
  const token = body?.access_token;
  if (status !== 200 || typeof token !== 'string' || token === '') {
    throw new BridgeError(`the token endpoint answered ${status}${status === 200 ? ' without a token' : ''}`);
  }
  const seconds = Number(body.expires_in) - EXPIRY_MARGIN;
  if (seconds > 0 && token.length <= MAX_CACHED_TOKEN) {
    api.cache.set(CACHE_KEY, token, { ttl: seconds * 1000 });
  }
  return token;
}

/**
 * @param {Secrets} secrets
 * @param {string} token
 * @param {object} login
 */
function postNonce(secrets, token, login) {
  return post('POST /nonce', `${secrets.API_URL}/nonce`, { authorization: `Bearer ${token}` }, login);
}

/**
 * POSTs JSON; answers {status, body}, body undefined if it is no JSON.
 *
 * @param {string} name  what is called, for the log
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {object} content
 */
async function post(name, url, headers, content) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(content),
      redirect: 'error',
      signal: AbortSignal.timeout(CALL_LIMIT),
    });
    return { status: response.status, body: parse(await readText(name, response)) };
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw new BridgeError(
      error?.name === 'TimeoutError' ? `${name} took longer than ${CALL_LIMIT} ms` : `${name} cannot be reached`,
    );
  }
}

/**
 * @param {string} name
 * @param {Response} response
 */
async function readText(name, response) {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw new BridgeError(`${name} answered with more than ${MAX_BODY} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
