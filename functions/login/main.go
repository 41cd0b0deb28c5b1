// Command login is POST /login: it trades a username and a password, or the id_token of an Auth0 login, for an
// authorization code.
package main

import (
	"os"

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
	options, db := rest.Options{Origin: r.Origin("WEB_ORIGIN"), Log: rest.NewLog()}, dynamo.FromEnv(r)
	tokens, err := idtoken.FromEnv(r)
	config := Config{
		IDTokens: tokens,
		Nonces:   bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")}),
		Sessions: session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")}),
		Customers: customer.New(customer.Config{
			Client: db, Table: r.String("CUSTOMERS_TABLE"), Providers: r.OptionalList("VERIFIED_EMAIL_PROVIDERS"),
		}),
		Log: options.Log,
	}
	env.ExitOn(r.Err(), err)
	rest.Start(options, New(config))
}
