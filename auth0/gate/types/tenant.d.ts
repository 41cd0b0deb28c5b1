/**
 * The sections of tenant.yaml, as the requests that the deploy CLI makes of them: the types are those of the `auth0`
 * package, which Auth0 generates from the definition of its Management API.
 */

import type { Management } from 'auth0';

/**
 * T without "any other key": many of the package's types end in `[key: string]: any`, and a misspelt key would pass.
 * A plain dictionary stays one.
 */
type Known<T> = T extends readonly (infer Item)[]
  ? Known<Item>[]
  : T extends object
    ? [NamedKeys<T>] extends [never]
      ? T
      : { [Key in keyof T as Named<Key>]: Known<T[Key]> }
    : T;
type Named<Key> = string extends Key ? never : number extends Key ? never : Key;
type NamedKeys<T> = keyof { [Key in keyof T as Named<Key>]: 0 };

/**
 * `token_lifetime_for_web` is in the package's answers and not in its requests. Auth0's dashboard sets it ("Implicit /
 * Hybrid Flow Access Token Lifetime") through the same endpoint, and its own Terraform provider sends it.
 */
type LifetimeForWeb = Pick<Management.ResourceServer, 'token_lifetime_for_web'>;

/** What each request's body may hold, by the names that fake/routes.js uses. */
export interface Requests {
  UpdateTenantSettingsRequestContent: Known<Management.UpdateTenantSettingsRequestContent>;
  CreateClientRequestContent: Known<Management.CreateClientRequestContent>;
  UpdateClientRequestContent: Known<Management.UpdateClientRequestContent>;
  PostClientCredentialRequestContent: Known<Management.PostClientCredentialRequestContent>;
  CreateResourceServer: Known<Management.CreateResourceServerRequestContent & LifetimeForWeb>;
  UpdateResourceServer: Known<Management.UpdateResourceServerRequestContent & LifetimeForWeb>;
  CreateClientGrantRequestContent: Known<Management.CreateClientGrantRequestContent>;
  UpdateClientGrantRequestContent: Known<Management.UpdateClientGrantRequestContent>;
  CreateDatabase: Known<Management.CreateConnectionRequestContentAuth0>;
  UpdateDatabase: Known<Omit<Management.CreateConnectionRequestContentAuth0, 'name' | 'strategy'>>;
  UpdateEnabledClientConnectionsRequestContent: Known<Management.UpdateEnabledClientConnectionsRequestContent>;
  SetGuardianFactorRequestContent: Known<Management.SetGuardianFactorRequestContent>;
  SetGuardianPoliciesRequestContent: Known<Management.SetGuardianPoliciesRequestContent>;
  CreateActionRequestContent: Known<Management.CreateActionRequestContent>;
  UpdateActionRequestContent: Known<Management.UpdateActionRequestContent>;
  UpdateActionBindingsRequestContent: Known<Management.UpdateActionBindingsRequestContent>;
}

/** tenant.yaml once loaded. What is named here beside a request is the deploy CLI's own. */
export interface TenantFile {
  tenant: Requests['UpdateTenantSettingsRequestContent'];
  resourceServers: Requests['CreateResourceServer'][];
  clients: Requests['CreateClientRequestContent'][];
  clientGrants: Requests['CreateClientGrantRequestContent'][];
  databases: (Requests['CreateDatabase'] & { enabled_clients: string[] })[];
  guardianFactors: (Requests['SetGuardianFactorRequestContent'] & { name: Management.GuardianFactorNameEnum })[];
  guardianPolicies: { policies: Requests['SetGuardianPoliciesRequestContent'] };
  actions: (Requests['CreateActionRequestContent'] & { deployed: boolean; runtime: 'node22' })[];
  triggers: { [Trigger in Management.ActionTriggerTypeEnum]?: { action_name: string; display_name: string }[] };
}
