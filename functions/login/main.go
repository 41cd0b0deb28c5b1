// Command login is POST /login: it trades a username and a password, or the id_token of an Auth0 login, for an
// authorization code.
package main

import (
	"os"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	log := rest.NewLog()
	origin, db := r.Origin("WEB_ORIGIN"), dynamo.FromEnv(r)
	config, err := fromEnv(r, db, log)
	env.ExitOn(err)
	rest.Start(rest.Options{Origin: origin, Log: log}, New(config))
}
