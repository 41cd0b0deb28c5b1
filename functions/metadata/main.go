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
	options := rest.FromEnv(r)
	issuers := issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	env.ExitOn(r.Err())
	rest.Start(options, New(options.API, issuers, time.Now))
}
