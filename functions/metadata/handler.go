package main

import (
	"context"
	"net/http"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/issuer"
	"drawbridge/shared/rest"
)

// metadata has the names of RFC 9728 section 2. audience is Auth0's, at the current issuer: what to pass as audience at
// /authorize, since Auth0 names an API by an identifier that need not be its URL.
type metadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	Audience             string   `json:"audience"`
}

// New returns the route. It is public and the same for everybody. api is this API's URL; the address of the request if
// empty. The first of issuers is the current one.
func New(api string, issuers []issuer.Issuer, now func() time.Time) rest.Handler {
	return func(_ context.Context, r *rest.Request) (rest.Response, error) {
		resource := api
		if resource == "" {
			resource = r.Base
		}
		var servers []string
		for _, i := range issuers {
			if !i.Ended(now()) {
				servers = append(servers, i.URL)
			}
		}
		return rest.JSON(http.StatusOK, metadata{
			Resource: resource, AuthorizationServers: servers, Audience: issuers[0].Audience,
			ScopesSupported: []string{access.ScopeViewBalance, access.ScopeTransferFunds, access.ScopeCreateSession},
			BearerMethods:   []string{"header"},
		}), nil
	}
}
