// Command metadata is GET /.well-known/oauth-protected-resource: it tells a client which issuer's tokens open this API
// (RFC 9728).
package main

import (
	"os"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/issuer"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	origin := r.Origin("WEB_ORIGIN")
	config := Config{Resource: r.OptionalURL("API_URL"), Now: time.Now}
	config.Issuers = issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	env.ExitOn(r.Err())
	rest.Start(rest.Options{Origin: origin, Log: rest.NewLog()}, New(config))
}
