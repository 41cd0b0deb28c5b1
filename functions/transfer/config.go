package main

import (
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/push"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// pushesFromEnv returns the back channel that the environment describes: to the current issuer. It is nil where the
// bank has no client that may ask.
func pushesFromEnv(r *env.Reader, db *dynamodb.Client, table string, maxAge time.Duration) (*push.Pushes, error) {
	issuers := issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	if r.Optional("APPROVALS_CLIENT_ID") == "" {
		if r.Optional("APPROVALS_CLIENT_KEY") != "" {
			r.Refuse("APPROVALS_CLIENT_ID", "is empty, though there is a key for it")
		}
		return nil, nil
	}
	client := env.Value(r, "APPROVALS_CLIENT_ID", identity.ParseClientID)
	key := env.Value(r, "APPROVALS_CLIENT_KEY", backchannel.ParseKey)
	if r.Err() != nil {
		return nil, nil // the Reader has the problem
	}
	tokens, err := issuer.Trust(issuer.Config{Issuers: issuers[:1]})
	if err != nil {
		return nil, err
	}
	current := issuers[0]
	return push.New(push.Config{
		Client: db, Table: table, Tenant: current.Tenant, MaxAge: maxAge,
		Phone: backchannel.New(backchannel.Config{
			Issuer: current.URL, Audience: current.Audience, ClientID: client, Key: key, Tokens: tokens,
		}),
	}), nil
}
