package rest

import (
	"context"
	"fmt"
	"time"

	"drawbridge/shared/access"
)

// Authenticated lets a request through to next only if the authorizer named a principal that has not expired. It sets
// Request.Principal.
//
// A request without an authorizer's context is a fault of the deployment, not of the client: it is answered with
// 500 and never served.
func Authenticated(now func() time.Time, next Handler) Handler {
	return func(ctx context.Context, r *Request) (Response, error) {
		principal, err := access.FromContext(r.Authorizer)
		if err != nil {
			return Response{}, fmt.Errorf("no authorizer in front of %s: %w", r.Resource, err)
		}
		r.Principal = principal
		if err := principal.Unexpired(now()); err != nil {
			return Response{}, err
		}
		return next(ctx, r)
	}
}

// Guard is Authenticated, and the principal must carry scope and have shown one of kinds.
func Guard(scope string, kinds []access.Kind, now func() time.Time, next Handler) Handler {
	return Authenticated(now, func(ctx context.Context, r *Request) (Response, error) {
		if err := r.Principal.Require(now(), scope); err != nil {
			return Response{}, err
		}
		if err := r.Principal.RequireKind(scope, kinds...); err != nil {
			return Response{}, err
		}
		return next(ctx, r)
	})
}
