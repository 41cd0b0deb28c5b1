package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

var errKeysUnavailable = token.ErrKeysUnavailable

// maxTokenAge is how long ago an id_token may have been issued. That says little by itself: silent logins and refreshes
// mint new tokens, and an authorization code is exchanged when its holder likes. The session_id's own age says the
// rest.
const maxTokenAge = bridge.Lifetime

// futureSkew is how far ahead of ours the issuer's clock may be.
const futureSkew = 10 * time.Second

// byIDToken accepts an id_token of a login that has just happened: a good signature, seconds old, for a client of the
// bridge, with the session_id that we made seconds ago for this very user and client. The session_id is used up in the
// transaction that writes the code, so a copy of the exchange opens nothing.
func (h handler) byIDToken(ctx context.Context, r *rest.Request, raw string) (session.Draft, []slog.Attr, error) {
	who := []slog.Attr{slog.String("by", "id_token")}
	claims, err := h.Tokens.Verify(ctx, raw)
	if err != nil {
		return session.Draft{}, who, err
	}
	client := clientOf(claims)
	who = append(who, slog.String("sub", string(claims.Subject)), slog.String("client_id", string(client)),
		audit.Name("nonce", bridge.ID(claims.SessionID)))
	if reason := h.checkFresh(claims); reason != "" {
		return session.Draft{}, who, refused(reason)
	}
	if !slices.Contains(claims.Audience, string(client)) {
		return session.Draft{}, who, refused("azp_not_in_aud")
	}
	draft, linked, err := h.trade(ctx, r, claims, client)
	if dynamo.ConditionFailed(err) {
		// The customer changed since they were looked up, and nothing was used up. Most likely their identity was
		// linked by another login at the same instant: then this one succeeds too.
		draft, linked, err = h.trade(ctx, r, claims, client)
	}
	if dynamo.ConditionFailed(err) {
		err = refused("customer_disabled_or_changed")
	}
	if linked {
		who = append(who, slog.String("linked_by", "verified_email"))
	}
	return draft, who, err
}

// trade uses the session_id up for a code of the customer that the token's subject is. linked tells whether the subject
// is so from now on.
func (h handler) trade(ctx context.Context, r *rest.Request, claims *token.Claims,
	client identity.ClientID) (_ session.Draft, linked bool, err error) {
	id := customer.Identity{Subject: claims.Subject, Email: claims.Email, EmailVerified: claims.EmailVerified}
	login, err := h.Customers.Identify(ctx, id, r.SourceIP)
	if err != nil {
		return session.Draft{}, false, err
	}
	draft, err := h.Sessions.Draft(ctx, login.CustomerID)
	if err != nil {
		return session.Draft{}, false, err
	}
	err = h.Nonces.Redeem(ctx, claims.SessionID, claims.Subject, client, append(draft.Writes, login.Writes...)...)
	return draft, login.Linked, h.Sessions.Settle(ctx, draft, err)
}

// clientOf is the client that the token was made for. The verifier has seen to it that azp and every audience are
// clients of the bridge, and that several audiences come with an azp.
func clientOf(c *token.Claims) identity.ClientID {
	if c.AuthorizedParty != "" {
		return c.AuthorizedParty
	}
	return identity.ClientID(c.Audience[0])
}

// checkFresh says why a token is not that of a login a moment ago.
func (h handler) checkFresh(c *token.Claims) (reason string) {
	now := h.Now()
	switch {
	case c.SessionID == "":
		return "no_session_id"
	case c.IssuedAt.After(now.Add(futureSkew)):
		return "issued_in_future"
	case now.Sub(c.IssuedAt) > maxTokenAge:
		return "token_too_old"
	case h.MaxAuthAge == 0:
		return ""
	case c.AuthTime.IsZero():
		return "no_auth_time"
	case c.AuthTime.After(now.Add(futureSkew)):
		return "logged_in_in_future"
	case now.Sub(c.AuthTime) > h.MaxAuthAge+maxTokenAge: // it was within MaxAuthAge when the token was issued
		return "login_too_old"
	}
	return ""
}

// reasonOf is what the audit record says of a refusal; isRefusal is false for a failure of ours. A token's reason holds
// nothing of the token.
func reasonOf(err error) (reason string, isRefusal bool) {
	var own refused
	var tokenError *token.Error
	switch {
	case errors.As(err, &own):
		return string(own), true
	case errors.Is(err, errKeysUnavailable):
		return "", false
	case errors.As(err, &tokenError):
		return "token_" + string(tokenError.Reason), true
	}
	for _, known := range []struct {
		err    error
		reason string
	}{
		{customer.ErrUnknownUser, "unknown_username"},
		{customer.ErrWrongPassword, "wrong_password"},
		{customer.ErrDisabled, "customer_disabled"},
		{customer.ErrUnknownIdentity, "unknown_identity"},
		{bridge.ErrMalformed, "session_id_malformed"},
		{bridge.ErrUnknown, "session_id_unknown_or_used"},
		{bridge.ErrExpired, "session_id_expired"},
		{bridge.ErrOtherSubject, "session_id_of_another_user"},
		{bridge.ErrOtherClient, "session_id_of_another_client"},
	} {
		if errors.Is(err, known.err) {
			return known.reason, true
		}
	}
	return "", false
}
