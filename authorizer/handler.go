package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"
	"drawbridge/shared/token/dpop"
)

// Authorizer answers the events of a REQUEST authorizer. It implements lambda.Handler.
type Authorizer struct {
	tokens   *issuer.Set
	sessions *session.Store
	binding  binding
	proofs   *dpop.Verifier // nil if the binding is off
	api      string         // the API's URL, for challenges; empty if API Gateway alone knows it
	cached   bool           // API Gateway caches an Allow and a Deny; it never caches an error
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
	d := a.decide(ctx, e)
	a.log.write(e, d, start, a.now())
	return a.output(d, stage)
}

// output is what API Gateway gets. Its errors hold no cause: API Gateway writes them into a log of its own. The gateway
// response ACCESS_DENIED makes headers of a Deny's challenge and dpop_nonce, unless the binding is off.
func (a *Authorizer) output(d decision, stage string) ([]byte, error) {
	switch {
	case d.err == errUnauthorized:
		return nil, errUnauthorized
	case d.err != nil:
		return nil, errUnavailable
	case d.description == "":
		context := d.principal.Context()
		context.Nonce = d.nonce
		return policy(string(d.principal.Subject), "Allow", stage, context)
	}
	d.code, d.scheme = cmp.Or(d.code, access.CodeInvalidToken), cmp.Or(d.scheme, access.Bearer)
	context := refused{Code: d.code, Description: d.description, Nonce: d.nonce}
	if a.binding != bindingOff {
		context.Challenge = d.challenge(a.api)
	}
	return policy("nobody", "Deny", stage, context)
}
