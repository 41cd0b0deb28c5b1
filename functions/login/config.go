package main

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/env"
	"drawbridge/shared/session"
	"drawbridge/shared/token"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Config is what the route needs. The zero value of the durations is strict.
type Config struct {
	Tokens    *token.Verifier // of id_tokens, for the clients of the bridge
	Nonces    *bridge.Bridge
	Sessions  *session.Store
	Customers *customer.Directory
	Log       *slog.Logger
	Now       func() time.Time // time.Now if nil

	MaxTokenAge time.Duration // how long ago an id_token may have been issued; 30 s if zero
	MaxAuthAge  time.Duration // how long ago its user may have logged in at Auth0; not asked if zero
	Floor       time.Duration // the least time that a refusal takes; 250 ms if zero
}

const (
	defaultMaxTokenAge = 30 * time.Second
	defaultFloor       = 250 * time.Millisecond
)

// fromEnv puts the route together as the environment says. These may be left out:
//
//	LOGIN_MAX_TOKEN_AGE   seconds; 30
//	LOGIN_MAX_AUTH_AGE    seconds; if set, the app must ask Auth0 with max_age, so that id_tokens carry auth_time
//	IDENTITY_LINKING      known (the default), verified_email or create
//	IDENTITY_PROVIDERS    for verified_email: whose word is taken, as auth0,samlp|staff
func fromEnv(r *env.Reader, db *dynamodb.Client, log *slog.Logger) (Config, error) {
	c := Config{Log: log}
	issuer, clients := r.URL("TOKEN_ISSUER"), r.List("BRIDGE_CLIENT_IDS")
	keySetURL := cmp.Or(r.OptionalURL("TOKEN_JWKS_URL"), token.KeySetURL(issuer))
	nonces, sessions, customers := r.String("NONCES_TABLE"), r.String("SESSIONS_TABLE"), r.String("CUSTOMERS_TABLE")
	c.MaxTokenAge, c.MaxAuthAge = r.OptionalSeconds("LOGIN_MAX_TOKEN_AGE"), r.OptionalSeconds("LOGIN_MAX_AUTH_AGE")
	linking, providers := customer.Linking(r.Optional("IDENTITY_LINKING")), r.OptionalList("IDENTITY_PROVIDERS")
	if err := r.Err(); err != nil {
		return Config{}, err
	}

	keys, err := token.NewKeyStore(token.KeyStoreConfig{URL: keySetURL})
	if err != nil {
		return Config{}, err
	}
	var problems [4]error
	c.Tokens, problems[0] = token.New(token.Config{Issuer: issuer, Audiences: clients, Dialect: token.IDToken, Keys: keys})
	c.Nonces, problems[1] = bridge.New(bridge.Config{Client: db, Table: nonces})
	c.Sessions, problems[2] = session.New(session.Config{Client: db, Table: sessions})
	c.Customers, problems[3] = customer.New(customer.Config{Client: db, Table: customers, Linking: linking, Providers: providers})
	return c, errors.Join(problems[:]...)
}
