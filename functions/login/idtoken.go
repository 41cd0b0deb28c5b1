package main

import (
	"context"
	"errors"
	"log/slog"

	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

// byIDToken accepts an id_token of a login at Auth0 that has just happened. Its session_id is used up in the
// transaction that writes the code.
func (h handler) byIDToken(ctx context.Context, r *rest.Request, raw string) (session.Draft, []slog.Attr, error) {
	login, err := h.IDTokens.Read(ctx, raw)
	who := append([]slog.Attr{slog.String("by", "id_token")}, login.Attributes()...)
	if err != nil {
		return session.Draft{}, who, err
	}
	draft, linked, err := h.trade(ctx, r, login)
	if dynamo.ConditionFailed(err) {
		// The customer changed since they were looked up, and nothing was used up. Most likely their identity was
		// linked by another login at the same instant: then this one succeeds too.
		draft, linked, err = h.trade(ctx, r, login)
	}
	if dynamo.ConditionFailed(err) {
		err = refused("customer_disabled_or_changed")
	}
	if linked {
		who = append(who, slog.String("linked_by", "verified_email"))
	}
	return draft, who, err
}

// trade uses the session_id up for a code of the customer that the login's subject is. linked tells whether the subject
// is so from now on.
func (h handler) trade(
	ctx context.Context, r *rest.Request, l idtoken.Login,
) (_ session.Draft, linked bool, err error) {
	id := customer.Identity{Person: l.Person, Email: l.Email, EmailVerified: l.EmailVerified}
	login, err := h.Customers.Identify(ctx, id, r.SourceIP)
	if err != nil {
		return session.Draft{}, false, err
	}
	draft, err := h.Sessions.Draft(ctx, login.CustomerID, session.ByIdentity(l.Person))
	if err != nil {
		return session.Draft{}, false, err
	}
	err = h.Nonces.Redeem(ctx, l.SessionID, l.Person, l.Client, append(draft.Writes, login.Writes...)...)
	return draft, login.Linked, h.Sessions.Settle(ctx, draft, err)
}

// reasonOf is what the audit record says of a refusal; isRefusal is false for a failure of ours.
func reasonOf(err error) (reason string, isRefusal bool) {
	var own refused
	if errors.As(err, &own) {
		return string(own), true
	}
	for _, known := range []struct {
		err    error
		reason string
	}{
		{customer.ErrUnknownUser, "unknown_username"},
		{customer.ErrWrongPassword, "wrong_password"},
		{customer.ErrDisabled, "customer_disabled"},
		{customer.ErrUnknownIdentity, "unknown_identity"},
	} {
		if errors.Is(err, known.err) {
			return known.reason, true
		}
	}
	return idtoken.Reason(err)
}
