package main

import (
	"cmp"
	"io"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/session"
	"drawbridge/shared/token"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// fromEnv returns the authorizer that the environment describes.
func fromEnv(r *env.Reader, client *dynamodb.Client, log io.Writer) (*Authorizer, error) {
	issuer := r.URL("TOKEN_ISSUER")
	audience := r.String("TOKEN_AUDIENCE")
	dialect := token.Dialect(r.OneOf("TOKEN_DIALECT", string(token.RFC9068), string(token.Auth0)))
	keySetURL := cmp.Or(r.OptionalURL("TOKEN_JWKS_URL"), token.KeySetURL(issuer))
	sessionsTable, keySetsTable := r.String("SESSIONS_TABLE"), r.String("KEY_SETS_TABLE")
	secret := r.Optional("KEY_SETS_SECRET")
	namespace := r.String("METRICS_NAMESPACE")
	cached := r.String("AUTHORIZER_CACHE_SECONDS") != "0"
	if err := r.Err(); err != nil {
		return nil, err
	}

	keys, err := token.NewKeyStore(token.KeyStoreConfig{
		URL: keySetURL,
		Archive: &keySets{
			client: client, table: keySetsTable, issuer: issuer, now: time.Now,
			seal: seal{issuer: issuer, url: keySetURL, secret: []byte(secret)},
		},
	})
	if err != nil {
		return nil, err
	}
	verifier, err := token.New(token.Config{
		Issuer: issuer, Audiences: []string{audience}, Dialect: dialect, Keys: keys,
	})
	if err != nil {
		return nil, err
	}
	sessions := session.New(session.Config{Client: client, Table: sessionsTable})
	return &Authorizer{
		tokens: verifier, sessions: sessions, cached: cached, now: time.Now,
		log: decisionLog{out: log, keys: keys, metrics: metricsIn(namespace)},
	}, nil
}
