// Command logout is POST /logout: it ends the session whose authorization code the caller shows, or all of that
// customer's sessions.
package main

import (
	"log/slog"
	"os"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

func main() {
	r := env.New(os.LookupEnv)
	origin, table := r.Origin("WEB_ORIGIN"), r.String("SESSIONS_TABLE")
	if err := r.Err(); err != nil {
		env.Exit(err)
	}
	db, err := dynamo.FromEnv(os.LookupEnv)
	if err != nil {
		env.Exit(err)
	}
	sessions, err := session.New(session.Config{Client: db, Table: table})
	if err != nil {
		env.Exit(err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	rest.Start(rest.Options{Origin: origin, Log: log}, New(sessions, log, time.Now))
}
