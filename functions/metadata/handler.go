package main

import (
	"context"
	"net/http"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/issuer"
	"drawbridge/shared/rest"
)

// Config is what the metadata says.
type Config struct {
	Resource string          // this API's URL; the address of the request if empty
	Issuers  []issuer.Issuer // the current one first
	Now      func() time.Time
}

// metadata has the names of RFC 9728 section 2. audience is Auth0's, at the current issuer: what to pass as audience at
// /authorize, since Auth0 names an API by an identifier that need not be its URL.
type metadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	Audience             string   `json:"audience"`
}

// New returns the route. It is public and the same for everybody.
func New(c Config) rest.Handler {
	return func(_ context.Context, r *rest.Request) (rest.Response, error) {
		resource := c.Resource
		if resource == "" {
			resource = r.Base
		}
		var servers []string
		for _, i := range c.Issuers {
			if !i.Ended(c.Now()) {
				servers = append(servers, i.URL)
			}
		}
		return rest.JSON(http.StatusOK, metadata{
			Resource: resource, AuthorizationServers: servers, Audience: c.Issuers[0].Audience,
			ScopesSupported: []string{access.ScopeViewBalance, access.ScopeTransferFunds, access.ScopeCreateSession},
			BearerMethods:   []string{"header"},
		}), nil
	}
}
