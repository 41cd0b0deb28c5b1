package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bank"
	"drawbridge/shared/caller"
	"drawbridge/shared/customer"
	"drawbridge/shared/rest"
)

// order is the body of POST /transfer; amount is a decimal string in the currency's own digits.
type order struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// New returns the handler of POST /transfer. Money moves only for a person with the scope and a second factor at most
// maxAge old. The teller must answer with [answer]. Each outcome goes on record in log.
func New(directory *customer.Directory, teller *bank.Bank, maxAge time.Duration, log *slog.Logger, now func() time.Time) rest.Handler {
	return rest.Guard(access.ScopeTransferFunds, []access.Kind{access.KindUser}, now, recent(maxAge, now, caller.Customer(directory,
		func(ctx context.Context, r *rest.Request, customerID string) (rest.Response, error) {
			request, err := read(r, customerID)
			if err != nil {
				return rest.Response{}, err
			}
			receipt, err := teller.Transfer(ctx, request)
			switch {
			case errors.Is(err, bank.ErrKeyReused):
				return rest.Response{}, rest.Refuse("idempotency_key_reused", "A new transfer needs a new Idempotency-Key.")
			case errors.Is(err, bank.ErrStepUpUsed):
				return rest.Response{}, access.StepUpUsed(maxAge)
			case errors.Is(err, bank.ErrUnavailable):
				return rest.Response{}, rest.Refuse("unavailable", "It is not known whether the money has moved. Send the same request "+
					"with the same Idempotency-Key: it moves once, and you learn what happened.").After(time.Second).Because(err)
			case err != nil:
				return rest.Response{}, err
			}
			record(ctx, log, r, customerID, receipt)
			return respond(receipt), nil
		})))
}

// recent asks for the second factor before anything of the request is read.
func recent(maxAge time.Duration, now func() time.Time, next rest.Handler) rest.Handler {
	return func(ctx context.Context, r *rest.Request) (rest.Response, error) {
		if err := r.Principal.RequireStepUp(now(), access.ScopeTransferFunds, maxAge); err != nil {
			return rest.Response{}, err
		}
		return next(ctx, r)
	}
}

// read checks the form of a request. What it refuses is not recorded under the key: nothing was understood.
func read(r *rest.Request, customerID string) (bank.TransferRequest, error) {
	request := bank.TransferRequest{
		CustomerID: customerID,
		StepUp:     bank.StepUp{TokenID: r.Principal.TokenID, ExpiresAt: r.Principal.ExpiresAt},
	}
	var err error
	if request.Key, err = idempotencyKey(r.Header("Idempotency-Key")); err != nil {
		return request, err
	}
	var body order
	if err := r.DecodeJSON(&body); err != nil {
		return request, err
	}
	if request.From, err = bank.ParseAccountID(body.From); err != nil {
		return request, rest.Refuse("invalid_request", "from is "+err.Error()+".")
	}
	if request.To, err = bank.ParseAccountID(body.To); err != nil {
		return request, rest.Refuse("invalid_request", "to is "+err.Error()+".")
	}
	if request.Currency, err = bank.ParseCurrency(body.Currency); err != nil {
		return request, rest.Refuse("invalid_request", "currency is "+err.Error()+".")
	}
	if request.Amount, err = bank.ParseAmount(body.Amount, request.Currency); err != nil {
		return request, rest.Refuse("invalid_request", "amount is "+err.Error()+".")
	}
	return request, nil
}
