package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/audit"
	"drawbridge/shared/bank"
	"drawbridge/shared/caller"
	"drawbridge/shared/customer"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
)

// desk serves POST /transfer. All fields are required.
//
// Money moves only for a person with the scope transfer:funds and an approval at most maxAge old, which names this
// transfer or, if the binding is optional, none. Anyone who may look at the account gets this far without one: they are
// told what speaks against the transfer, and if nothing does, what to have approved.
type desk struct {
	customers *customer.Directory
	bank      *bank.Bank // must answer with [answer]
	signer    *approval.Signer
	binding   approval.Binding
	maxAge    time.Duration
	log       *slog.Logger // gets the record of each outcome
	now       func() time.Time
}

// handler returns the handler of POST /transfer.
func (d *desk) handler() rest.Handler {
	return rest.Authenticated(d.now, permitted(caller.Customer(d.customers, d.serve)))
}

// permitted lets people through who may send money or may at least look at it. A machine is never a payer.
func permitted(next rest.Handler) rest.Handler {
	return func(ctx context.Context, r *rest.Request) (rest.Response, error) {
		if err := r.Principal.RequireKind(access.ScopeTransferFunds, access.KindUser, access.KindSession); err != nil {
			return rest.Response{}, err
		}
		held := func(scope string) bool { return slices.Contains(r.Principal.Scopes, scope) }
		if !held(access.ScopeTransferFunds) && !held(access.ScopeViewBalance) {
			return rest.Response{}, access.InsufficientScope(access.ScopeTransferFunds)
		}
		return next(ctx, r)
	}
}

func (d *desk) serve(ctx context.Context, r *rest.Request, customerID string) (rest.Response, error) {
	request, err := read(r, customerID)
	if err != nil {
		return rest.Response{}, err
	}
	err = approval.Check(r.Principal, approval.Of(request), d.binding, d.maxAge, d.now())
	if err == nil {
		receipt, err := d.bank.Transfer(ctx, request)
		switch {
		case err == nil:
			d.audit(ctx, r, customerID, receipt)
			return respond(receipt), nil
		case errors.Is(err, bank.ErrApprovalUsed):
			return d.withoutApproval(ctx, r, request, access.ApprovalUsed(d.maxAge))
		}
		return rest.Response{}, problem(err)
	}
	var challenge *access.Challenge
	if !errors.As(err, &challenge) {
		return rest.Response{}, err
	}
	return d.withoutApproval(ctx, r, request, challenge)
}

// withoutApproval says what can be known before the phone rings: the answer that the key has had, or the rule that the
// transfer would break. Else it answers with the challenge, and in it what to have approved.
func (d *desk) withoutApproval(
	ctx context.Context, r *rest.Request, request bank.TransferRequest, challenge *access.Challenge,
) (rest.Response, error) {
	preview, err := d.bank.Preview(ctx, request)
	switch {
	case err != nil:
		return rest.Response{}, problem(err)
	case preview.Answered != nil:
		d.audit(ctx, r, request.CustomerID, *preview.Answered)
		return respond(*preview.Answered), nil
	case preview.Refusal != "":
		return rest.Response{}, refusal(preview.Refusal, preview.Party, request.From, request.To)
	}
	people, err := d.people(ctx, r.Principal, request.CustomerID)
	if err != nil {
		return rest.Response{}, err
	}
	expires := d.now().Add(min(approval.Lifetime, d.maxAge))
	challenge.Transfer = d.signer.Sign(approval.Of(request), people, expires)
	return rest.Response{}, challenge
}

// people returns the subs of those who may approve in the caller's name: of the caller at Auth0, or of the identities
// that are linked to the customer who holds a code. Identities that are too new to approve are a refusal.
func (d *desk) people(ctx context.Context, p access.Principal, customerID string) ([]identity.Subject, error) {
	linked := []identity.Person{p.Person()}
	if p.Kind != access.KindUser {
		var err error
		if linked, err = d.customers.Identities(ctx, customerID); err != nil {
			return nil, err
		}
	}
	approvers, err := d.customers.Approvers(ctx, customerID, linked...)
	people := make([]identity.Subject, len(approvers))
	for i, person := range approvers {
		people[i] = person.Subject() // by which the Action of each tenant knows its own
	}
	if err == nil && len(people) == 0 && len(linked) > 0 {
		return nil, rest.Refuse("approver_too_new",
			"A login that you linked yourself approves payments from a day after it was linked.")
	}
	return people, err
}

// problem names what keeps the bank from an answer.
func problem(err error) error {
	switch {
	case errors.Is(err, bank.ErrKeyReused):
		return rest.Refuse("idempotency_key_reused", "A new transfer needs a new Idempotency-Key.")
	case errors.Is(err, bank.ErrUnavailable):
		return rest.Refuse("unavailable", "It is not known whether the money has moved. Send the same request "+
			"with the same Idempotency-Key: it moves once, and you learn what happened.").After(time.Second).Because(err)
	}
	return err
}

// audit writes who moved money, by which token and approval: what a dispute is settled by. The accounts and the amount
// stand in the transfer's own record, under the transfer_id.
func (d *desk) audit(ctx context.Context, r *rest.Request, customerID string, receipt bank.Receipt) {
	event, outcome := audit.TransferMade, slog.String("transfer_id", receipt.TransferID)
	if receipt.Refusal != "" {
		event, outcome = audit.TransferRefused, slog.String("code", string(receipt.Refusal))
	}
	audit.Write(ctx, d.log, r, event, slog.String("customer_id", customerID),
		audit.Person(r.Principal.Person()), slog.String("token_id", r.Principal.TokenID),
		slog.String("approval_id", r.Principal.ApprovalID), outcome, slog.Bool("replayed", receipt.Replayed))
}
