// Command nonce is POST /nonce: while a user logs in at Auth0, the login-bridge Action asks here for the session_id
// that goes into the id_token.
package main

import (
	"log/slog"
	"os"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	clients, table := r.List("BRIDGE_CLIENT_IDS"), r.String("NONCES_TABLE")
	if err := r.Err(); err != nil {
		env.Exit(err)
	}
	db, err := dynamo.FromEnv(os.LookupEnv)
	if err != nil {
		env.Exit(err)
	}
	nonces, err := bridge.New(bridge.Config{Client: db, Table: table})
	if err != nil {
		env.Exit(err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	rest.Start(rest.Options{Log: log}, New(nonces, clients, log, time.Now))
}
