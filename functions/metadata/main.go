// Command metadata is GET /.well-known/oauth-protected-resource: it tells a client which issuer's tokens open this API
// (RFC 9728).
package main

import (
	"os"

	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	origin := r.Origin("WEB_ORIGIN")
	config := Config{
		Resource: r.OptionalURL("API_URL"), Issuer: r.URL("TOKEN_ISSUER"), Audience: r.String("TOKEN_AUDIENCE"),
	}
	env.ExitOn(r.Err())
	rest.Start(rest.Options{Origin: origin, Log: rest.NewLog()}, New(config))
}
