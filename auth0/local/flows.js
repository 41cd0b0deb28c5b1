/**
 * One flow of the Actions for each way to a token, and its outcome for the tokens that come of it.
 *
 *   /authorize      runs them in the interaction policy; the outcome belongs to the grant of that authorization alone,
 *                   so that two authorizations of one session never share scopes or claims
 *   code exchange   does not run them again: the outcome is the grant's
 *   refresh         runs them anew, and the outcome is that request's
 *   back channel    runs them when the user has approved on the phone; the outcome is the grant's
 *
 * tokens.js asks for the outcome of each user token and refuses to make one without.
 */

import { randomUUID } from 'node:crypto';

import { errors } from 'oidc-provider';

import { newFlow } from './actions.js';
import { SENT } from './authorize-request.js';
import { OIDC_SCOPES } from './catalog.js';
import { postLoginEvent, protocolOf } from './event.js';
import { Users } from './users.js';

/** Seconds that an outcome is kept: longer than any code or access token lives. */
const KEEP = 24 * 60 * 60;

export class Flows {
  #ofRequest = new WeakMap();

  constructor({ actions, catalog, store, users, tenant, handedOver = {} }) {
    Object.assign(this, { actions, catalog, store, users, handedOver });
    this.sessionLifetime = tenant.tenant.session_lifetime_in_minutes * 60;
  }

  /** The outcome that decides the tokens of this request. */
  of(ctx, grantId = ctx.oidc.grant?.jti) {
    return this.#ofRequest.get(ctx) ?? this.store.get(`Flow:${grantId}`);
  }

  /**
   * Runs the Actions for an authorize request, or goes on where the last challenge paused them.
   * @returns {Promise<object|undefined>} the paused flow if a challenge is due, undefined when all is done
   * @throws {errors.AccessDenied} with the reason that an Action gave
   */
  async authorize(ctx) {
    const login = this.#describeLogin(ctx);
    const flow = this.#resume(ctx) ?? {
      ...newFlow(this.#allowedScope(ctx)), sub: ctx.oidc.session.accountId, sid: ctx.oidc.session.uid,
    };
    const outcome = await this.#run(flow, login);
    if (outcome.state === 'denied') throw new errors.AccessDenied(outcome.reason);
    if (outcome.state === 'challenge') return flow;
    const { session, client, params } = ctx.oidc;
    const grantId = await this.#grant(ctx, flow, session.accountId, params.audience);
    session.ensureClientContainer(client.clientId);
    session.grantIdFor(client.clientId, grantId);
    return undefined;
  }

  /**
   * Runs the Actions for a request of the back channel that its user approved.
   * @returns {Promise<string>} the id of the grant that its tokens are made of
   * @throws {errors.AccessDenied} with the reason that an Action gave
   */
  async backChannel(ctx, { accountId, params: { scope, audience } }) {
    const login = {
      ...this.#common(ctx, this.users.find(accountId)),
      audience,
      request: { ...describeRequest(ctx), method: 'POST', query: {}, body: ctx.state.tokenRequest },
      transaction: { protocol: 'oidc-ciba', scope },
      methods: [],
    };
    const granted = this.#grantable(scope.split(' '), audience, ctx.oidc.client);
    const flow = { ...newFlow(granted), linkingId: randomUUID() };
    const outcome = await this.#run(flow, login);
    if (outcome.state === 'denied') throw new errors.AccessDenied(outcome.reason);
    if (outcome.state === 'challenge') throw new errors.AccessDenied('An Action challenged a user who is not there.');
    return this.#grant(ctx, flow, accountId, audience);
  }

  /** /userinfo shows the un-namespaced claims of the id_token that was made together with an access token. */
  rememberToken(tokenId, flow) {
    this.store.set(`Token:${tokenId}`, flow, KEEP);
  }

  ofToken(tokenId) {
    return this.store.get(`Token:${tokenId}`);
  }

  /** oidc-provider's findAccount: every token for a user passes here, so here a refresh reruns the Actions. */
  async account(ctx, sub, token) {
    const user = this.users.find(sub);
    if (!user) return undefined;
    if (token?.kind === 'RefreshToken') await this.#refresh(ctx, user, token);
    return { accountId: sub, claims: () => Users.claims(user) };
  }

  async #refresh(ctx, user, token) {
    const { client, params } = ctx.oidc;
    const audience = [token.resource].flat()[0];
    const wanted = params.scope
      ? params.scope.split(' ').filter((scope) => token.scopes.has(scope))
      : [...token.scopes];
    const login = {
      ...this.#common(ctx, user),
      audience,
      request: { ...describeRequest(ctx), method: 'POST', query: {}, body: ctx.state.tokenRequest },
      // requested_scopes is empty here, as at Auth0.
      transaction: { protocol: 'oauth2-refresh-token' },
      methods: [{ name: 'pwd', timestamp: timestamp(token.authTime) }],
    };
    const flow = {
      ...newFlow(this.#grantable(wanted, audience, client)),
      sid: this.store.get(`Flow:${token.grantId}`)?.sid,
    };
    const outcome = await this.#run(flow, login);
    if (outcome.state === 'denied') throw new errors.AccessDenied(outcome.reason);
    if (outcome.state === 'challenge') {
      throw new errors.CustomOIDCProviderError('mfa_required', 'Multifactor authentication required');
    }
    this.#ofRequest.set(ctx, flow);
  }

  /**
   * Runs the Actions. What they wrote about the user is kept where they pause and where they end, all at once; each of
   * them is shown what was kept before.
   */
  async #run(flow, login) {
    const { user_id: userId } = login.user;
    const describe = (now) => postLoginEvent({ ...login, appMetadata: this.users.appMetadata(userId) }, now);
    const outcome = await this.actions.run(flow, describe);
    if (outcome.state !== 'denied') this.users.changeAppMetadata(userId, flow.appMetadata);
    flow.appMetadata = {};
    return outcome;
  }

  /** The flow that a challenge paused, if its push was approved for this very pause and for this very user. */
  #resume(ctx) {
    const { entities, result, session } = ctx.oidc;
    const paused = entities.Interaction?.prompt.name === 'mfa' && entities.Interaction.prompt.details.flow;
    if (!paused || paused.sub !== session.accountId) return undefined;
    const approval = result?.mfa;
    if (approval?.flow !== paused.id || approval.challenges !== paused.challenges) return undefined;

    const factor = { name: 'mfa', timestamp: new Date(approval.approvedAt).toISOString(), type: 'push-notification' };
    // The session remembers it, as at Auth0: later flows see it too, and must not take it for theirs.
    const factors = [...this.#earlierFactors(session), factor];
    this.store.set(`Factors:${session.uid}`, { factors }, this.sessionLifetime);
    return { ...structuredClone(paused), factors: [...paused.factors, factor] };
  }

  #earlierFactors(session) {
    return this.store.get(`Factors:${session.uid}`)?.factors ?? [];
  }

  async #grant(ctx, flow, accountId, audience) {
    const { client, provider } = ctx.oidc;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addOIDCScope(flow.scope.filter((scope) => OIDC_SCOPES.includes(scope)));
    const forApi = flow.scope.filter((scope) => !OIDC_SCOPES.includes(scope));
    if (audience && forApi.length > 0) grant.addResourceScope(audience, forApi);
    const grantId = await grant.save();
    this.store.set(`Flow:${grantId}`, flow, KEEP);
    this.#ofRequest.set(ctx, flow);
    ctx.oidc.entity('Grant', grant);
    return grantId;
  }

  #describeLogin(ctx) {
    const { params, session } = ctx.oidc;
    const { resource, [SENT]: text, ...parameters } = params.toPlainObject();
    const sent = JSON.parse(text);
    return {
      ...this.#common(ctx, this.users.find(session.accountId)),
      audience: params.audience,
      request: { ...describeRequest(ctx), ...sent },
      transaction: {
        ...parameters,
        prompt: sent.query?.prompt ?? sent.body?.prompt,
        protocol: protocolOf(params.response_type),
      },
      methods: [{ name: 'pwd', timestamp: timestamp(session.loginTs) }, ...this.#earlierFactors(session)],
      sessionId: session.uid,
      handedOver: this.handedOver[session.accountId],
    };
  }

  #common(ctx, user) {
    const { clientId } = ctx.oidc.client;
    return {
      client: this.catalog.client(clientId),
      database: this.catalog.database(clientId),
      user,
      logins: this.users.logins(user.user_id),
    };
  }

  #allowedScope(ctx) {
    return this.#grantable([...ctx.oidc.requestParamScopes], ctx.oidc.params.audience, ctx.oidc.client);
  }

  /** What Auth0 would put into the token: unknown scopes and scopes beyond the client's grant are left out silently. */
  #grantable(wanted, audience, client) {
    const forApi = audience ? this.catalog.userGrant(audience, client.clientId) : [];
    return wanted.filter((scope) => OIDC_SCOPES.includes(scope) || forApi.includes(scope));
  }
}

function describeRequest(ctx) {
  return { ip: ctx.ip, userAgent: ctx.get('user-agent') };
}

function timestamp(seconds) {
  return new Date(seconds * 1000).toISOString();
}
