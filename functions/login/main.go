// Command login is POST /login: it trades a username and a password, or the id_token of an Auth0 login, for an
// authorization code.
package main

import (
	"log/slog"
	"os"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	origin := r.Origin("WEB_ORIGIN")
	db, err := dynamo.FromEnv(os.LookupEnv)
	if err != nil {
		env.Exit(err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	config, err := fromEnv(r, db, log)
	if err != nil {
		env.Exit(err)
	}
	rest.Start(rest.Options{Origin: origin, Log: log}, New(config))
}
