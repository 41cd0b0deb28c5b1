package main

import (
	"context"
	"errors"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"
)

// Authorizer answers the events of a REQUEST authorizer. It implements lambda.Handler.
type Authorizer struct {
	tokens   *issuer.Set
	sessions *session.Store
	cached   bool // API Gateway caches an Allow and a Deny; it never caches an error
	log      decisionLog
	now      func() time.Time
}

var (
	// API Gateway turns an error of exactly this text into 401 UNAUTHORIZED, and any other into 500. The challenge of
	// UNAUTHORIZED has no error code, as RFC 6750 section 3.1 wants it for a request without a bearer token.
	errUnauthorized = errors.New("Unauthorized")

	errUnavailable = errors.New("the credential cannot be checked now")
)

// Invoke decides about one request.
func (a *Authorizer) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	start := a.now()
	e, err := decodeEvent(payload)
	var stage string
	if err == nil {
		stage, err = e.stage()
	}
	if err != nil {
		a.log.write(e, decision{reason: reasonBadEvent, err: err}, start, a.now())
		return nil, err
	}
	d := a.decide(ctx, e.authorization)
	a.log.write(e, d, start, a.now())
	return d.output(stage)
}

// output is what API Gateway gets. Its errors hold no cause: API Gateway writes them into a log of its own.
func (d decision) output(stage string) ([]byte, error) {
	switch {
	case d.err == errUnauthorized:
		return nil, errUnauthorized
	case d.err != nil:
		return nil, errUnavailable
	case d.description != "":
		return policy("nobody", "Deny", stage, map[string]string{
			"error": access.CodeInvalidToken, "error_description": d.description,
		})
	}
	return policy(string(d.principal.Subject), "Allow", stage, d.principal.Context())
}
