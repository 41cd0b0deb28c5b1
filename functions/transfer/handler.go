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
	"drawbridge/shared/push"
	"drawbridge/shared/rest"
)

// handler serves POST /transfer. All fields are required.
//
// Money moves only for a person with the scope transfer:funds and an approval at most maxAge old, which names this
// transfer or, if the binding is optional, none. Anyone who may look at the account gets this far without one: they are
// told what speaks against the transfer, and if nothing does, what to have approved.
type handler struct {
	customers *customer.Directory
	bank      *bank.Bank   // must answer with [answer]
	pushes    *push.Pushes // asks on the phone; nil where the app has to ask, by a challenge
	signer    *approval.Signer
	binding   approval.Binding
	maxAge    time.Duration
	log       *slog.Logger // gets the record of each outcome
	now       func() time.Time
}

// route returns the handler of POST /transfer.
func (h *handler) route() rest.Handler {
	return rest.Authenticated(h.now, permitted(caller.Customer(h.customers, h.serve)))
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

func (h *handler) serve(ctx context.Context, r *rest.Request, customerID string) (rest.Response, error) {
	request, err := read(r, customerID)
	if err != nil {
		return rest.Response{}, err
	}
	if err := approval.Check(r.Principal, approval.Of(request), h.binding, h.maxAge, h.now()); err != nil {
		var challenge *access.Challenge
		if !errors.As(err, &challenge) {
			return rest.Response{}, err
		}
		return h.withoutApproval(ctx, r, request, challenge)
	}
	response, err := h.book(ctx, r, request)
	if errors.Is(err, bank.ErrApprovalUsed) {
		return h.withoutApproval(ctx, r, request, access.ApprovalUsed(h.maxAge))
	}
	return response, err
}

// book carries out what was approved.
func (h *handler) book(ctx context.Context, r *rest.Request, request bank.TransferRequest) (rest.Response, error) {
	receipt, err := h.bank.Transfer(ctx, request)
	if err != nil {
		return rest.Response{}, problem(err)
	}
	h.audit(ctx, r, request, receipt)
	return respond(receipt), nil
}

// withoutApproval says what can be known before the phone rings: the answer that the key has had, or the rule that the
// transfer would break. Else a caller who shows no approval is served by the back channel, if there is one, and all
// others by the challenge.
func (h *handler) withoutApproval(
	ctx context.Context, r *rest.Request, request bank.TransferRequest, challenge *access.Challenge,
) (rest.Response, error) {
	preview, err := h.bank.Preview(ctx, request)
	switch {
	case err != nil:
		return rest.Response{}, problem(err)
	case preview.Answered != nil:
		h.audit(ctx, r, request, *preview.Answered)
		return respond(*preview.Answered), nil
	case h.pushes != nil && r.Principal.ApprovalID == "":
		return h.byPhone(ctx, r, request, preview, challenge)
	case preview.Refusal != "":
		return rest.Response{}, refusal(preview.Refusal, preview.Party, request.From, request.To)
	}
	people, err := h.people(ctx, r.Principal, request.CustomerID)
	if err != nil {
		return rest.Response{}, err
	}
	return rest.Response{}, h.challenge(request, people, challenge)
}

// challenge says in a challenge what to have approved, and by whom.
func (h *handler) challenge(request bank.TransferRequest, people []identity.Person, challenge *access.Challenge) error {
	subs := make([]identity.Subject, len(people))
	for i, person := range people {
		subs[i] = person.Subject() // by which the Action of each tenant knows its own
	}
	expires := h.now().Add(min(approval.Lifetime, h.maxAge))
	challenge.Transfer = h.signer.Sign(approval.Of(request), subs, expires)
	return challenge
}

// people returns those who may approve in the caller's name. Identities that are too new to approve are a refusal.
func (h *handler) people(ctx context.Context, p access.Principal, customerID string) ([]identity.Person, error) {
	people, err := h.customers.Approvers(ctx, p, customerID)
	if errors.Is(err, customer.ErrTooNew) {
		return nil, rest.Refuse("approver_too_new",
			"A login that you linked yourself approves payments from a day after it was linked.")
	}
	return people, err
}

// problem names what keeps the bank from an answer.
func problem(err error) error {
	switch {
	case errors.Is(err, bank.ErrProofUsed):
		return access.ProofUsed()
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
func (h *handler) audit(ctx context.Context, r *rest.Request, request bank.TransferRequest, receipt bank.Receipt) {
	event, outcome := audit.TransferMade, slog.String("transfer_id", receipt.TransferID)
	if receipt.Refusal != "" {
		event, outcome = audit.TransferRefused, slog.String("code", string(receipt.Refusal))
	}
	audit.Write(ctx, h.log, r, event, slog.String("customer_id", request.CustomerID),
		audit.Person(r.Principal.Person()), slog.String("token_id", r.Principal.TokenID),
		slog.String("approval_id", request.ApprovalID), outcome, slog.Bool("replayed", receipt.Replayed))
}
