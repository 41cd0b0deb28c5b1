/**
 * The post-login trigger, version v3: what an Action is given and what it may ask for.
 *
 * Written after Auth0's pages "Actions Triggers: post-login - Event Object" and "… - API Object", with the members and
 * the optionality of Auth0's own package `@auth0/actions` (post-login/v3). That package is not to be had from every
 * registry, so the gate brings the part that these Actions and their tests touch, under its name. Left out: members
 * for Enterprise customers and early access, and the parts of `api` that no Action here may use; reaching for one of
 * them is an error until somebody has read its page and added it.
 */

export interface Event {
  /** Absent if nothing was authenticated in this flow. */
  authentication?: {
    /** Everything that the session has done, earlier logins included. For `mfa`, `type` names the factor. */
    methods: { name: string; timestamp: string; type?: string }[];
  };
  authorization?: { roles: string[] };
  client: { client_id: string; name: string; metadata: Record<string, string> };
  connection: { id: string; name: string; strategy: string; metadata?: Record<string, string> };
  request: {
    asn?: string;
    /** Of a POST: filled in on refresh and password grants. */
    body: Record<string, unknown>;
    geoip: {
      countryCode?: string;
      countryName?: string;
      cityName?: string;
      latitude?: number;
      longitude?: number;
      timeZone?: string;
    };
    hostname?: string;
    ip: string;
    language?: string;
    method: string;
    query: Record<string, unknown>;
    user_agent?: string;
  };
  /** Absent if no audience was asked for. */
  resource_server?: { identifier: string };
  readonly secrets: Secrets;
  /** Absent on flows without a browser. `actor`: somebody else acts in it (session delegation). */
  session?: { id: string; actor?: Actor };
  /** There when the login came from another app by a session transfer token (native to web). */
  session_transfer_token?: { client_id?: string; scope?: string; request?: Record<string, unknown> };
  stats: { logins_count: number };
  tenant: { id: string };
  /** Absent on some flows. */
  transaction?: Transaction;
  user: User;
}

export interface Actor {
  sub: string;
  [property: string]: unknown;
}

export type Secrets = Record<string, string>;

export interface Transaction {
  /** "Populated for all browser-based login flows." */
  id?: string;
  actor?: Actor;
  acr_values?: string[];
  locale?: string;
  login_hint?: string;
  /** Shared by the Actions of one transaction; api.transaction.setMetadata shows here at once. */
  metadata: Record<string, string | number | boolean>;
  prompt?: string[];
  protocol?: Protocol;
  redirect_uri?: string;
  requested_scopes?: string[];
  response_mode?: 'query' | 'fragment' | 'form_post' | 'web_message';
  response_type?: ('code' | 'token' | 'id_token')[];
  state?: string;
  ui_locales?: string[];
}

export type Protocol =
  | 'oidc-basic-profile'
  | 'oidc-implicit-profile'
  | 'oidc-hybrid-profile'
  | 'oidc-ciba'
  | 'oidc-ciba-web-link'
  | 'oauth2-access-token'
  | 'oauth2-device-code'
  | 'oauth2-password'
  | 'oauth2-refresh-token'
  | 'oauth2-resource-owner'
  | 'oauth2-resource-owner-jwt-bearer'
  | 'oauth2-token-exchange'
  | 'oauth2-webauthn'
  | 'samlp'
  | 'wsfed'
  | 'wstrust-usernamemixed';

export interface User {
  user_id: string;
  app_metadata: Record<string, unknown>;
  created_at: string;
  email?: string;
  email_verified: boolean;
  enrolledFactors?: { type: string; options?: Record<string, unknown> }[];
  family_name?: string;
  given_name?: string;
  identities: { connection?: string; isSocial?: boolean; provider?: string; user_id?: string }[];
  name?: string;
  nickname?: string;
  phone_number?: string;
  picture?: string;
  updated_at: string;
  user_metadata: Record<string, unknown>;
  username?: string;
}

export interface PostLoginAPI {
  readonly access: { deny(reason: string): PostLoginAPI };
  readonly accessToken: {
    setCustomClaim(key: string, value: unknown): PostLoginAPI;
    addScope(scope: string): void;
    removeScope(scope: string): void;
  };
  readonly authentication: {
    /** Pauses the pipeline: the next Action runs when the challenge was met. */
    challengeWith(factor: Factor, options?: { additionalFactors?: Factor[] }): void;
  };
  readonly cache: {
    get(key: string): { value: string; expires_at: number } | undefined;
    /** Over a limit it answers an error; it does not throw. Milliseconds. */
    set(key: string, value: string, options?: { ttl?: number; expires_at?: number }): CacheResult;
    delete(key: string): CacheResult;
  };
  readonly idToken: { setCustomClaim(key: string, value: unknown): PostLoginAPI };
  /** Written once, at the end of the trigger; null takes the key away. */
  readonly user: { setAppMetadata(key: string, value: unknown): PostLoginAPI };
  readonly transaction: { setMetadata(key: string, value: string | number | boolean | null): void };
}

type CacheResult = { type: 'success' } | { type: 'error'; code: string };

type Factor =
  | {
      type: 'otp' | 'email' | 'webauthn-platform' | 'webauthn-roaming' | 'recovery-code';
      options?: Record<string, unknown>;
    }
  | { type: 'phone'; options?: { preferredMethod?: 'sms' | 'voice' | 'both' } }
  | { type: 'push' | 'push-notification'; options?: { otpFallback?: boolean } };
