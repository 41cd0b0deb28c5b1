package main

import (
	"context"
	"errors"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

// Authorizer answers the events of a REQUEST authorizer. It implements lambda.Handler.
type Authorizer struct {
	tokens   *token.Verifier
	sessions *session.Store
	cached   bool // API Gateway caches what is decided: Allow and Deny, no error
	record   record
	now      func() time.Time
}

var (
	// errUnauthorized has the one text that API Gateway turns into 401 UNAUTHORIZED instead of 500. The challenge of that
	// carries no error code: as it has to be without a bearer token (RFC 6750 section 3.1).
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
		a.record.write(e, verdict{reason: reasonBadEvent, err: err}, start, a.now())
		return nil, err
	}
	v := a.decide(ctx, e.authorization)
	a.record.write(e, v, start, a.now())
	return v.answer(stage)
}

// answer is what API Gateway gets. Its errors hold no cause: they end up in API Gateway's own log.
func (v verdict) answer(stage string) ([]byte, error) {
	switch {
	case v.err == errUnauthorized:
		return nil, errUnauthorized
	case v.err != nil:
		return nil, errUnavailable
	case v.description != "":
		return policyFor("nobody", "Deny", stage, map[string]string{
			"error": access.CodeInvalidToken, "error_description": v.description,
		})
	}
	return policyFor(string(v.principal.Subject), "Allow", stage, v.principal.Context())
}
