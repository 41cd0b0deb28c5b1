package main

import (
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/push"
	"drawbridge/shared/token"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// pushesFromEnv returns the back channel that the environment describes: to the current issuer. It is nil where the
// bank has no client that may ask.
func pushesFromEnv(r *env.Reader, db *dynamodb.Client, table string, maxAge time.Duration) (*push.Pushes, error) {
	issuers := issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	id, encoded := r.Optional("APPROVALS_CLIENT_ID"), r.Optional("APPROVALS_CLIENT_KEY")
	if id == "" && encoded != "" {
		r.Refuse("APPROVALS_CLIENT_ID", "is empty, though there is a key for it")
	}
	if r.Err() != nil || id == "" {
		return nil, nil // the Reader has the problem
	}
	client, err := identity.ParseClientID(id)
	if err != nil {
		r.Refuse("APPROVALS_CLIENT_ID", "is "+err.Error())
	}
	key, err := backchannel.ParseKey(encoded)
	if err != nil {
		r.Refuse("APPROVALS_CLIENT_KEY", "is "+err.Error())
		return nil, nil
	}
	current := issuers[0]
	keys, err := token.NewKeyStore(token.KeyStoreConfig{URL: current.KeySetURL})
	if err != nil {
		return nil, err
	}
	tokens, err := token.New(token.Config{
		Issuer: current.URL, Until: current.Until, Audiences: []string{current.Audience}, Dialect: current.Dialect,
		Keys: keys,
	})
	if err != nil {
		return nil, err
	}
	return push.New(push.Config{
		Client: db, Table: table, Tenant: current.Tenant, MaxAge: maxAge,
		Phone: backchannel.New(backchannel.Config{
			Issuer: current.URL, Audience: current.Audience, ClientID: client, Key: key, Tokens: tokens,
		}),
	}), nil
}
