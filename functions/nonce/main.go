// Command nonce is POST /nonce: while a user logs in at Auth0, the login-bridge Action asks here for the session_id
// that goes into the id_token.
package main

import (
	"os"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	api := r.OptionalURL("API_URL")
	log := rest.NewLog()
	clients, db := env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID), dynamo.FromEnv(r)
	nonces := bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")})
	env.ExitOn(r.Err())
	rest.Start(rest.Options{API: api, Log: log}, New(nonces, clients, log, time.Now))
}
