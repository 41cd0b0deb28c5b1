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
	options, db := rest.FromEnv(r), dynamo.FromEnv(r)
	sessions := session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")})
	env.ExitOn(r.Err())
	rest.Start(options, New(sessions, options.Log, time.Now))
}
