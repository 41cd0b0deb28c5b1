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
	"drawbridge/shared/idtoken"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

func main() {
	r := env.New(os.LookupEnv)
	options, db := rest.FromEnv(r), dynamo.FromEnv(r)
	tokens, err := idtoken.FromEnv(r)
	config := Config{
		IDTokens:  tokens,
		Nonces:    bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")}),
		Sessions:  session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")}),
		Customers: customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")}),
		Log:       options.Log, Now: time.Now,
	}
	env.ExitOn(r.Err(), err)
	rest.Start(options, New(config))
}
