package main

import (
	"io"
	"strings"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
	"drawbridge/shared/token/dpop"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// fromEnv returns the authorizer that the environment describes.
func fromEnv(r *env.Reader, client *dynamodb.Client, log io.Writer) (*Authorizer, error) {
	issuers := issuer.Read(r, "TOKEN_ISSUERS", r.String("TOKEN_AUDIENCE"))
	sessionsTable, keySetsTable := r.String("SESSIONS_TABLE"), r.String("KEY_SETS_TABLE")
	secret := r.Optional("KEY_SETS_SECRET")
	if secret != "" && len(secret) < minSecret {
		r.Refuse("KEY_SETS_SECRET", "has fewer than 43 characters")
	}
	namespace := r.String("METRICS_NAMESPACE")
	cached := r.String("AUTHORIZER_CACHE_SECONDS") != "0"
	bound, api, proofs := bindingFromEnv(r)
	if cached && bound != bindingOff {
		r.Refuse("AUTHORIZER_CACHE_SECONDS", "above 0 needs DPOP=off: a cached Allow would stand for the next proof")
	}
	if err := r.Err(); err != nil {
		return nil, err
	}

	archive := func(i issuer.Issuer) token.Archive {
		return &keySets{
			client: client, table: keySetsTable, issuer: i.URL, now: time.Now,
			seal: seal{issuer: i.URL, url: i.KeySetURL, secret: []byte(secret)},
		}
	}
	tokens, err := issuer.Trust(issuer.Config{Issuers: issuers, Bound: bound != bindingOff, Archive: archive})
	if err != nil {
		return nil, err
	}
	sessions := session.New(session.Config{Client: client, Table: sessionsTable})
	return &Authorizer{
		tokens: tokens, sessions: sessions, cached: cached, now: time.Now, binding: bound, api: api, proofs: proofs,
		log: decisionLog{out: log, metrics: metricsIn(namespace)},
	}, nil
}

// bindingFromEnv reads what is needed to check proofs. The Verifier is nil if the binding is off.
func bindingFromEnv(r *env.Reader) (b binding, api string, proofs *dpop.Verifier) {
	b = binding(r.OneOf("DPOP", string(bindingOff), string(bindingAllowed), string(bindingRequired)))
	secret, api := r.Optional("DPOP_SECRET"), r.OptionalURL("API_URL")
	bases := r.OptionalList("OTHER_API_URLS")
	for _, base := range bases {
		if problem := env.CheckURL(base); problem != "" || strings.HasSuffix(base, "/") {
			r.Refuse("OTHER_API_URLS", "has an item that is no URL as https://api.bank.example")
		}
	}
	if b == bindingOff || r.Err() != nil {
		return b, api, nil
	}
	if api != "" {
		bases = append(bases, api)
	}
	proofs, err := dpop.New(dpop.Config{Secret: secret, Bases: bases})
	if err != nil {
		r.Refuse("DPOP_SECRET", "or a URL of the API is not of its form: "+err.Error())
	}
	return b, api, proofs
}
