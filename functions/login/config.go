package main

import (
	"cmp"
	"log/slog"
	"time"

	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
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

	MaxAuthAge time.Duration // how long ago an id_token's user may have logged in at Auth0; not asked if zero
	Floor      time.Duration // the least time that a refusal takes; 250 ms if zero
}

const defaultFloor = 250 * time.Millisecond

// fromEnv puts the route together as the environment says. These may be left out:
//
//	LOGIN_MAX_AUTH_AGE        seconds; if set, the app must ask Auth0 with max_age, so that id_tokens carry auth_time
//	VERIFIED_EMAIL_PROVIDERS  as auth0,samlp|staff: whose verified e-mail addresses link identities to customers
func fromEnv(r *env.Reader, db *dynamodb.Client, log *slog.Logger) (Config, error) {
	issuer, clients := r.URL("TOKEN_ISSUER"), env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID)
	keySetURL := cmp.Or(r.OptionalURL("TOKEN_JWKS_URL"), token.KeySetURL(issuer))
	c := Config{
		Nonces:   bridge.New(bridge.Config{Client: db, Table: r.String("NONCES_TABLE")}),
		Sessions: session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")}),
		Customers: customer.New(customer.Config{
			Client: db, Table: r.String("CUSTOMERS_TABLE"), Providers: r.OptionalList("VERIFIED_EMAIL_PROVIDERS"),
		}),
		MaxAuthAge: r.OptionalSeconds("LOGIN_MAX_AUTH_AGE"),
		Log:        log,
	}
	if err := r.Err(); err != nil {
		return Config{}, err
	}

	keys, err := token.NewKeyStore(token.KeyStoreConfig{URL: keySetURL})
	if err != nil {
		return Config{}, err
	}
	var audiences []string
	for _, client := range clients {
		audiences = append(audiences, string(client))
	}
	c.Tokens, err = token.New(token.Config{Issuer: issuer, Audiences: audiences, Dialect: token.IDToken, Keys: keys})
	return c, err
}
