/**
 * When an authorize request must stop for the user: first for the login, as oidc-provider knows it (no session,
 * prompt=login, max_age), then for the push that an Action may ask for. With prompt=none the same checks become errors;
 * the text of the second is the one that Auth0's SPA SDK compares.
 */

import { interactionPolicy as builtIn } from 'oidc-provider';

const { Check, Prompt, base } = builtIn;

export function interactionPolicy(flows) {
  const policy = base();
  // First-party clients, skip_consent_for_verifiable_first_party_clients: consent is asked for by prompt=consent alone.
  policy.remove('consent');
  policy.add(new Prompt({ name: 'consent', requestable: true }));

  const paused = new WeakMap();
  policy.add(
    new Prompt(
      { name: 'mfa', requestable: false },
      (ctx) => ({ flow: paused.get(ctx) }),
      new Check('challenge', 'Multifactor authentication required', 'login_required', async (ctx) => {
        const flow = await flows.authorize(ctx);
        paused.set(ctx, flow);
        return flow !== undefined;
      }),
    ),
  );
  return policy;
}

/**
 * Where the user is sent. The id of the interaction is part of the path, and so of its cookie's path: two tabs log in
 * side by side.
 */
export function interactionUrl({ push, users }, catalog) {
  return (ctx, interaction) => {
    if (interaction.prompt.name !== 'mfa') return `/u/${interaction.prompt.name}/${interaction.uid}`;
    interaction.prompt.details.push = push.send(describePush(ctx, interaction, users, catalog));
    return `/u/mfa-push/${interaction.uid}`;
  };
}

/** What the phone shows: who asks for what, in the words of tenant.yaml, for which transfer, and from where. */
export function describePush(ctx, { params, session, prompt }, users, catalog) {
  const scopes = catalog.apiScopes(params.audience, params.scope);
  const transfer = transferOf(prompt.details.flow);
  return {
    user: users.find(session.accountId).email,
    client: catalog.client(params.client_id).name,
    scope: scopes.map(({ value }) => value).join(' '),
    action: scopes.map(({ description }) => description).join('; '),
    ...(transfer && { transfer }),
    ip: ctx.ip,
    browser: ctx.get('user-agent'),
  };
}

/** The transfer that step-up found in the request (its head has the form), if there was one. */
export function transferOf({ metadata }) {
  if (!metadata.transfer) return undefined;
  const [from, to, amount, currency] = metadata.transfer.split(' ');
  return { from, to, amount, currency };
}
