/** The events that the tests of the Actions and the tenant on this machine make are events as Auth0 documents them. */

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { postLoginEvent } from '../../local/event.js';
import { loginEvent } from '../../test/harness/event.js';
import { typeErrors } from '../type-errors.js';

const LOGIN = {
  client: { client_id: 'app', name: 'Drawbridge Web', client_metadata: { login_bridge: 'true' } },
  user: { user_id: 'auth0|1', email: 'alice@example.com', email_verified: true, name: 'Alice Archer' },
  logins: 3,
  appMetadata: { step_up: { asked_at: 1, unanswered: 1, transfer: '' } },
  database: { name: 'Username-Password-Authentication', strategy: 'auth0' },
  audience: 'https://my-banking-api',
  methods: [{ name: 'pwd', timestamp: '2026-01-01T00:00:00.000Z' }],
  sessionId: 'session',
};
const REQUEST = { ip: '127.0.0.1', userAgent: 'test', query: {}, body: {} };
const FLOW = {
  metadata: { step_up_at: 1 },
  factors: [{ name: 'mfa', timestamp: '2026-01-01T00:00:01.000Z', type: 'push-notification' }],
};

const EVENTS = {
  'of the tests': loginEvent(),
  'of the tests, without what is optional': loginEvent({
    transaction: undefined,
    authentication: undefined,
    session: undefined,
    resource_server: undefined,
  }),
  'of a login on this machine': withSecrets(
    postLoginEvent(
      {
        ...LOGIN,
        request: { ...REQUEST, method: 'GET' },
        transaction: {
          protocol: 'oidc-implicit-profile',
          scope: 'openid transfer:funds',
          prompt: 'login',
          redirect_uri: 'http://localhost:3002',
          response_mode: 'fragment',
          response_type: 'id_token token',
          state: 'state',
          login_hint: 'alice@example.com',
          acr_values: 'mfa',
          ui_locales: 'en',
        },
      },
      FLOW,
    ),
  ),
  'of a delegated session on this machine': withSecrets(
    postLoginEvent(
      {
        ...LOGIN,
        handedOver: { actor: { sub: 'auth0|agent' }, sessionTransferToken: { client_id: 'native' } },
        request: { ...REQUEST, method: 'GET' },
        transaction: { protocol: 'oidc-basic-profile' },
      },
      FLOW,
    ),
  ),
  'of an approval by the back channel on this machine': withSecrets(
    postLoginEvent(
      {
        ...LOGIN,
        methods: [],
        sessionId: undefined,
        request: { ...REQUEST, method: 'POST', body: { grant_type: 'urn:openid:params:grant-type:ciba' } },
        transaction: { protocol: 'oidc-ciba', scope: 'openid transfer:funds' },
      },
      { metadata: {}, factors: [] },
    ),
  ),
  'of a refresh on this machine': withSecrets(
    postLoginEvent(
      {
        ...LOGIN,
        audience: undefined,
        sessionId: undefined,
        request: { ...REQUEST, method: 'POST', body: { grant_type: 'refresh_token' } },
        transaction: { protocol: 'oauth2-refresh-token' },
      },
      { metadata: {}, factors: [] },
    ),
  ),
};
/** What must be found, so that the tests of the events above can fail. */
const BROKEN = [
  loginEvent({ transaction: { requested_scope: [] } }),
  loginEvent({ user: { email_verified: undefined } }),
  loginEvent({ client: { metadata: 'yes' } }),
];

const [errors, found] = [Object.values(EVENTS), BROKEN].map((events) =>
  typeErrors(
    events.map((event) => ['Event', event]),
    'post-login',
  ),
);

Object.keys(EVENTS).forEach((title, index) => it(`the event ${title}`, () => assert.deepEqual(errors[index], [])));

/** Each Action is given its own, by local/actions.js. */
function withSecrets(event) {
  return { ...event, secrets: {} };
}

it('an event with a member misspelt, missing or of another kind is found out', () => {
  assert.deepEqual(found.map((messages) => messages.length), [1, 1, 1]);
});
