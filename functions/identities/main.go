// Command identities is GET, POST and DELETE /identities: customers link their own logins at Auth0, and end a link.
//
// To link or to end a link takes an authorization code of a login by password that is minutes old: it proves who the
// caller is at the bank. To link takes the fresh id_token of the identity as well: it proves who they are at Auth0,
// once, since its session_id is used up with the link. A code that a login at Auth0 earned lists the links and changes
// none, so that a stolen identity adds no other and takes none away.
package main

import (
	"os"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/issuer"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

func main() {
	r := env.New(os.LookupEnv)
	log := rest.NewLog()
	origin, api, db := r.Origin("WEB_ORIGIN"), r.OptionalURL("API_URL"), dynamo.FromEnv(r)
	tokens := idtoken.Config{
		Issuers:    issuer.Read(r, "TOKEN_ISSUERS", ""),
		Clients:    env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID),
		MaxAuthAge: r.OptionalSeconds("LOGIN_MAX_AUTH_AGE"),
	}
	c := Config{
		Nonces:    bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")}),
		Sessions:  session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")}),
		Customers: customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")}),
		Log:       log, Now: time.Now,
	}
	env.ExitOn(r.Err())
	var err error
	c.IDTokens, err = idtoken.New(tokens)
	env.ExitOn(err)
	rest.Start(rest.Options{Origin: origin, API: api, Log: log}, New(c))
}
