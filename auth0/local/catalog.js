/** Questions about tenant.yaml: which client, which API, which scopes may this client ask for. */

import { errors } from 'oidc-provider';

export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

export class Catalog {
  #tenant;

  constructor(tenant) {
    this.#tenant = tenant;
  }

  client(clientId) {
    return this.#tenant.clients.find((client) => client.client_id === clientId);
  }

  /** Whether an app of this tenant runs at this origin. */
  hasOrigin(origin) {
    return this.#tenant.clients.some((client) => client.web_origins?.includes(origin));
  }

  /** Where the app of this tenant is that has pages. */
  origin() {
    return this.#tenant.clients.flatMap((client) => client.web_origins ?? [])[0];
  }

  /** Where a logout may return to: the client's addresses, or the tenant's if no client is named. */
  logoutUrls(clientId) {
    const owner = clientId === undefined ? this.#tenant.tenant : this.client(clientId);
    return owner && (owner.allowed_logout_urls ?? []);
  }

  resourceServer(identifier) {
    return this.#tenant.resourceServers.find((server) => server.identifier === identifier);
  }

  /** The database connection through which this client's users log in. */
  database(clientId) {
    const { name } = this.client(clientId);
    return this.#tenant.databases.find((database) => database.enabled_clients.includes(name));
  }

  /** The API scopes that users may give this client; throws as Auth0 answers if it has no grant. */
  userGrant(audience, clientId) {
    return this.#grant(audience, clientId, 'user').scope;
  }

  /** The API scopes that this client has for itself. */
  machineGrant(audience, clientId) {
    return this.#grant(audience, clientId, 'client').scope;
  }

  /** All types of authorization_details that some API has. */
  get detailTypes() {
    return this.#tenant.resourceServers.flatMap(typesOf);
  }

  /** Those that this client may ask a user for. */
  userDetailTypes(audience, clientId) {
    const { authorization_details_types: granted = [] } = this.#grant(audience, clientId, 'user');
    return typesOf(this.resourceServer(audience)).filter((type) => granted.includes(type));
  }

  /** The API scopes among the requested ones: [{value, description}], as in tenant.yaml. */
  apiScopes(audience, requested = '') {
    const wanted = requested.split(' ');
    return this.resourceServer(audience)?.scopes.filter(({ value }) => wanted.includes(value)) ?? [];
  }

  /** Seconds. Tokens that come through the browser's address bar have a lifetime of their own. */
  accessTokenLifetime(token, client) {
    const server = token.aud && this.resourceServer([token.aud].flat()[0]);
    // A token for /userinfo alone.
    if (!server) return this.client(client.clientId).jwt_configuration.lifetime_in_seconds;
    return token.gty === 'implicit' ? server.token_lifetime_for_web : server.token_lifetime;
  }

  #grant(audience, clientId, subject) {
    const server = this.resourceServer(audience);
    if (!server) throw new errors.AccessDenied(`Service not found: ${audience}`);
    const { policy } = server.subject_type_authorization[subject];
    if (policy === 'allow_all') {
      return { scope: server.scopes.map(({ value }) => value), authorization_details_types: typesOf(server) };
    }
    const { name } = this.client(clientId);
    const grant = this.#tenant.clientGrants.find(
      (item) => item.client_id === name && item.audience === audience && item.subject_type === subject,
    );
    if (policy === 'deny_all' || !grant) {
      throw new errors.AccessDenied(
        subject === 'user'
          ? `Client is not authorized to access resource server "${audience}".`
          : `Client is not authorized to access "${audience}". ` +
              'You need to create a "client-grant" associated to this API. ' +
              'See: https://auth0.com/docs/api/management/v2/client-grants/post-client-grants',
      );
    }
    return grant;
  }
}

function typesOf({ authorization_details: details = [] }) {
  return details.map(({ type }) => type);
}
