package main

import (
	"log/slog"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Config is what the route needs.
type Config struct {
	IDTokens  *idtoken.Reader
	Nonces    *bridge.Bridge
	Sessions  *session.Store
	Customers *customer.Directory
	Log       *slog.Logger

	Floor time.Duration // the least time that a refusal takes; 250 ms if zero
}

const defaultFloor = 250 * time.Millisecond

// fromEnv puts the route together as the environment says. These may be left out:
//
//	LOGIN_MAX_AUTH_AGE        seconds; if set, the app must ask Auth0 with max_age, so that id_tokens carry auth_time
//	VERIFIED_EMAIL_PROVIDERS  as auth0,samlp|staff: whose verified e-mail addresses link identities to customers
func fromEnv(r *env.Reader, db *dynamodb.Client, log *slog.Logger) (Config, error) {
	tokens := idtoken.Config{
		Issuers:    issuer.Read(r, "TOKEN_ISSUERS", ""),
		Clients:    env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID),
		MaxAuthAge: r.OptionalSeconds("LOGIN_MAX_AUTH_AGE"),
	}
	c := Config{
		Nonces:   bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")}),
		Sessions: session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")}),
		Customers: customer.New(customer.Config{
			Client: db, Table: r.String("CUSTOMERS_TABLE"), Providers: r.OptionalList("VERIFIED_EMAIL_PROVIDERS"),
		}),
		Log: log,
	}
	if err := r.Err(); err != nil {
		return Config{}, err
	}
	var err error
	c.IDTokens, err = idtoken.New(tokens)
	return c, err
}
