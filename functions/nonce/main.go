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
	options, db := rest.Options{API: r.OptionalURL("API_URL"), Log: rest.NewLog()}, dynamo.FromEnv(r)
	clients := env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID)
	nonces := bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")})
	env.ExitOn(r.Err())
	rest.Start(options, New(nonces, clients, options.Log, time.Now))
}
