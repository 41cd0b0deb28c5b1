// Package caller connects a request to the customer in whose name it is made.
//
// A function that serves customers hands its work to [Customer], which finds out who the principal is at the bank. A
// principal who is nobody's customer is refused.
package caller

import (
	"context"
	"errors"

	"drawbridge/shared/customer"
	"drawbridge/shared/rest"
)

// Handler answers a request that is made in a customer's name.
type Handler func(ctx context.Context, r *rest.Request, customerID string) (rest.Response, error)

// Customer resolves the request's principal in the directory and hands on to next. It stands behind rest.Guard, which
// sets the principal.
func Customer(directory *customer.Directory, next Handler) rest.Handler {
	return func(ctx context.Context, r *rest.Request) (rest.Response, error) {
		customerID, err := directory.Resolve(ctx, r.Principal)
		if errors.Is(err, customer.ErrUnknownIdentity) {
			return rest.Response{}, rest.Refuse("not_a_customer", "No customer of the bank is linked to this login.")
		}
		if err != nil {
			return rest.Response{}, err
		}
		return next(ctx, r, customerID)
	}
}
