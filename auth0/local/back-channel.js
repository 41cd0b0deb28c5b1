/**
 * Approval by the back channel, as Auth0 has it: OpenID Connect CIBA in the mode poll, with rich authorization requests
 * (RFC 9396), on those of oidc-provider. A confidential client asks for a user; the phone shows what for; the client
 * polls for the token.
 *
 *   POST /bc-authorize  login_hint, binding_message, scope, audience, authorization_details, requested_expiry
 *                       -> {auth_req_id, expires_in, interval}
 *   POST /oauth/token   auth_req_id -> authorization_pending, slow_down, access_denied, or tokens, once
 *
 * https://auth0.com/docs/api/authentication/login/start-back-channel-login, …/check-back-channel-login-status, and the
 * page "User Authorization with CIBA".
 *
 * The pages leave open: the text and the code of a refused parameter (here those of CIBA Core 1.0, 13), what a sixth
 * request in a minute gets (here 429 too_many_requests), and whether the first poll may come at once (here not).
 */

import { errors } from 'oidc-provider';
import internals from 'oidc-provider/lib/helpers/weak_cache.js';

import { detailsProblem, displayed } from './guardian-details.js';
import { CIBA } from './vocabulary.js';

/** To the letter: Auth0's own examples have spaces too. */
const MESSAGE = /^[a-zA-Z0-9+\-_.,:#]{1,64}$/;
/** Seconds. A longer one would go by e-mail, which this tenant does not have. */
const LONGEST = 300;
const INTERVAL = 5;
/** How long a poll still learns how its request ended. */
export const REMEMBER = 30 * 60;
const A_MINUTE = { requests: 5, window: 60_000 };
/** https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt */
const MAX_ASSERTION = 300;

const DENIED = 'The end-user denied the authorization request or it has been expired';

export class BackChannel {
  #parts;
  #now;

  /** @param {object} parts issuer, catalog, flows, push, store, users; `now` is the clock of the pushes */
  constructor(parts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** oidc-provider's settings. Its checks run after the client has proved who it is. */
  get features() {
    const types = Object.fromEntries(this.#parts.catalog.detailTypes.map((type) => [
      type, { validate: (ctx, detail) => this.#checkDetails(ctx, detail) },
    ]));
    return {
      ciba: {
        enabled: true,
        deliveryModes: ['poll'],
        validateBindingMessage: checkMessage,
        validateRequestContext: () => undefined,
        processLoginHintToken: () => undefined,
        processLoginHint: (ctx, hint) => this.#user(ctx, hint),
        verifyUserCode: (ctx, account) => this.#limit(account.accountId),
        triggerAuthenticationDevice: (ctx, request, account) => this.#ask(ctx, request, account.accountId),
      },
      richAuthorizationRequests: {
        enabled: true,
        types,
        authorizationDetailsForGrantSource: () => undefined,
        authorizationDetailsForAccessToken: (ctx, token, source, grant) => (grant === CIBA ? source.rar : undefined),
        authorizationDetailsForIntrospection: () => undefined,
      },
    };
  }

  /** Auth0's answer to /bc-authorize in place of oidc-provider's, which has no interval. */
  static answer({ auth_req_id: id }, { requested_expiry: expiry }) {
    return { auth_req_id: id, expires_in: Number(expiry ?? LONGEST), interval: INTERVAL };
  }

  /** Puts Auth0's rules of polling before oidc-provider's grant. */
  extend(provider) {
    const { grantTypeHandlers: handlers } = internals(provider);
    const redeem = handlers.get(CIBA);
    handlers.set(CIBA, async (ctx) => {
      await this.#poll(ctx);
      await redeem(ctx);
    });
  }

  /** A type that the API has, and that the client may ask for at it. */
  #checkDetails({ oidc }, { type }) {
    const { catalog } = this.#parts;
    const { audience, authorization_details: text } = oidc.params;
    if (!catalog.userDetailTypes(audience, oidc.client.clientId).includes(type)) {
      throw new errors.InvalidAuthorizationDetails(`the type ${type} is not registered, or not granted to the client`);
    }
    const problem = detailsProblem(text);
    if (problem) throw new errors.InvalidAuthorizationDetails(problem);
  }

  #user({ oidc }, hint) {
    const { format, iss, sub } = readHint(hint);
    if (format !== 'iss_sub') throw new errors.InvalidRequest('login_hint must have the format iss_sub');
    if (iss !== this.#parts.issuer) throw new errors.InvalidRequest('login_hint names another issuer');
    const expiry = oidc.params.requested_expiry;
    if (expiry !== undefined && Number(expiry) > LONGEST) {
      throw new errors.InvalidRequest(`requested_expiry is above ${LONGEST}, and the client has no channel for it`);
    }
    return sub;
  }

  #limit(sub) {
    const { push, users } = this.#parts;
    if (push.sentTo(users.find(sub).email, A_MINUTE.window) < A_MINUTE.requests) return;
    const error = new errors.CustomOIDCProviderError('too_many_requests', 'Too many requests for this user');
    throw Object.assign(error, { status: 429, statusCode: 429 });
  }

  #ask({ oidc: { params } }, request, sub) {
    const { catalog, push, store, users } = this.#parts;
    const scopes = catalog.apiScopes(params.audience, params.scope);
    const expiry = Number(params.requested_expiry ?? LONGEST);
    const id = push.send({
      user: users.find(sub).email,
      client: catalog.client(request.clientId).name,
      scope: scopes.map(({ value }) => value).join(' '),
      action: scopes.map(({ description }) => description).join('; '),
      message: params.binding_message,
      ...(params.authorization_details && { details: displayed(params.authorization_details) }),
    }, { within: expiry * 1000, besideOthers: true });
    const now = this.#now();
    const polling = {
      client: request.clientId, push: id, interval: INTERVAL, next: now + INTERVAL * 1000, end: now + expiry * 1000,
    };
    store.set(`Polling:${request.jti}`, polling, REMEMBER);
  }

  async #poll(ctx) {
    const { params: { auth_req_id: id }, client } = ctx.oidc;
    const polling = this.#parts.store.get(`Polling:${id}`);
    // Unknown, or another client's: oidc-provider says so.
    if (!polling || polling.client !== client.clientId) return;
    const now = this.#now();
    const tooEarly = now < polling.next;
    if (tooEarly) polling.interval += INTERVAL;
    polling.next = now + polling.interval * 1000;
    if (tooEarly) throw slowDown(polling.interval);
    // Also one that was approved, and not fetched in time.
    if (now > polling.end) throw new errors.AccessDenied(DENIED);

    switch (this.#parts.push.state(polling.push)) {
      case 'pending': throw new errors.AuthorizationPending('The end-user authorization is pending');
      case 'approved': return this.#approved(ctx, id);
      default: throw new errors.AccessDenied(DENIED);
    }
  }

  /** The Actions run once the user has approved; then oidc-provider makes the tokens. */
  async #approved(ctx, id) {
    const { provider } = ctx.oidc;
    const request = await provider.BackchannelAuthenticationRequest.find(id);
    if (!request || request.grantId) return;
    const grant = await this.#parts.flows.backChannel(ctx, request);
    const { authorization_details: details } = request.params;
    await provider.backchannelResult(request, grant, { rar: details && JSON.parse(details) });
  }
}

/** RFC 7523 as Auth0 narrows it: one audience, the issuer, and five minutes at most. */
export function checkAssertion(issuer) {
  return (ctx, { aud, exp }) => {
    if (aud !== issuer || exp > Date.now() / 1000 + MAX_ASSERTION) {
      throw new errors.InvalidClientAuth('the client assertion is not as Auth0 wants it');
    }
  };
}

function checkMessage(ctx, message) {
  if (!MESSAGE.test(message ?? '')) {
    throw new errors.InvalidBindingMessage('binding_message is needed: 1 to 64 of letters, digits and +-_.,:#');
  }
}

function readHint(text) {
  try {
    const hint = JSON.parse(text);
    if (typeof hint === 'object' && hint !== null) return hint;
  } catch {
    // Said below.
  }
  throw new errors.InvalidRequest('login_hint must be JSON');
}

function slowDown(interval) {
  const text = `You are polling faster than allowed. Try again in ${interval} seconds.`;
  return Object.assign(new errors.CustomOIDCProviderError('slow_down', text), { interval });
}
