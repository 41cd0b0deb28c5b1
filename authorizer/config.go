package main

import (
	"io"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"
	"drawbridge/shared/token"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// fromEnv returns the authorizer that the environment describes.
func fromEnv(r *env.Reader, client *dynamodb.Client, log io.Writer) (*Authorizer, error) {
	issuers := issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	sessionsTable, keySetsTable := r.String("SESSIONS_TABLE"), r.String("KEY_SETS_TABLE")
	secret := r.Optional("KEY_SETS_SECRET")
	namespace := r.String("METRICS_NAMESPACE")
	cached := r.String("AUTHORIZER_CACHE_SECONDS") != "0"
	if err := r.Err(); err != nil {
		return nil, err
	}

	tokens, err := issuer.Trust(issuer.Config{Issuers: issuers, Archive: func(i issuer.Issuer) token.Archive {
		return &keySets{
			client: client, table: keySetsTable, issuer: i.URL, now: time.Now,
			seal: seal{issuer: i.URL, url: i.KeySetURL, secret: []byte(secret)},
		}
	}})
	if err != nil {
		return nil, err
	}
	sessions := session.New(session.Config{Client: client, Table: sessionsTable})
	return &Authorizer{
		tokens: tokens, sessions: sessions, cached: cached, now: time.Now,
		log: decisionLog{out: log, metrics: metricsIn(namespace)},
	}, nil
}
