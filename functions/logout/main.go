// Command logout is POST /logout: it ends the session whose authorization code the caller shows, or all of that
// customer's sessions.
package main

import (
	"os"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

func main() {
	r := env.New(os.LookupEnv)
	api := r.OptionalURL("API_URL")
	log := rest.NewLog()
	origin, db := r.Origin("WEB_ORIGIN"), dynamo.FromEnv(r)
	sessions := session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")})
	env.ExitOn(r.Err())
	rest.Start(rest.Options{Origin: origin, API: api, Log: log}, New(sessions, log, time.Now))
}
