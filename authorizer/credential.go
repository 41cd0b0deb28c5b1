package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"drawbridge/shared/access"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

// The reasons that are not of shared/token. With those of binding.go, token.Reasons and dpop.Reasons they are the
// closed list that is logged.
const (
	reasonVerified         = "verified"
	reasonNoCredential     = "no_credential"
	reasonAnotherScheme    = "another_scheme"
	reasonNotBearer        = "not_bearer"
	reasonSeveral          = "several_credentials"
	reasonSessionInvalid   = "session_invalid"
	reasonSessionsNotReady = "sessions_unavailable"
	reasonBadEvent         = "bad_event"
)

// A Deny tells the client an error code, mostly invalid_token, and one of these sentences or those of binding.go. Why
// exactly we refused a token stands in our log alone: a forger would learn how far the token got. A malformed bearer
// token gets invalid_token too, although RFC 6750 section 3.1 has invalid_request for it: that goes with status 400,
// and API Gateway has one status for all denials.
const (
	descriptionNotBearer = "The Authorization header must be one bearer token"
	descriptionExpired   = "The token has expired"
	descriptionInvalid   = "The token is not valid"
)

// decision is what is decided about one request, and what is logged of it.
type decision struct {
	principal access.Principal
	reason    string
	name      string          // of the claim or header parameter concerned
	from      *issuer.Trusted // nil unless a token came to its issuer's keys
	kid       string          // empty unless the token is verified

	code        string        // of the error; invalid_token if empty
	description string        // empty unless it is a Deny
	scheme      access.Scheme // that a Deny challenges in; Bearer if empty
	nonce       string        // for the client's next proof; empty unless the token is bound to a key
	err         error         // nil for an Allow and a Deny
}

func denied(reason, description string) decision {
	return decision{reason: reason, description: description}
}

// presented takes the credential out of the headers (RFC 6750 section 2.1, RFC 9449 section 7.1). The case of the
// scheme does not matter (RFC 9110 section 11.1).
func (b binding) presented(authorization []string) (scheme access.Scheme, credential, reason string) {
	switch len(authorization) {
	case 0:
		return "", "", reasonNoCredential
	case 1:
	default:
		return "", "", reasonSeveral
	}
	word, credential, _ := strings.Cut(authorization[0], " ")
	credential = strings.TrimLeft(credential, " ")
	switch {
	case strings.EqualFold(word, string(access.Bearer)):
		scheme = access.Bearer
	case strings.EqualFold(word, string(access.DPoP)) && b != bindingOff:
		scheme = access.DPoP
	case isScheme(word):
		return "", "", reasonAnotherScheme
	}
	if scheme == "" || credential == "" {
		return scheme, "", reasonNotBearer
	}
	return scheme, credential, ""
}

// isScheme tells a scheme (https://www.iana.org/assignments/http-authschemes) from a token that a client sends without
// one: a token has dots, a code has an underscore.
func isScheme(text string) bool {
	other := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}
	return text != "" && len(text) <= 32 && !strings.ContainsFunc(text, other)
}

func (a *Authorizer) decide(ctx context.Context, e event) (d decision) {
	scheme, credential, reason := a.binding.presented(e.authorization)
	defer func() { d.scheme = cmp.Or(d.scheme, scheme) }()
	switch {
	case reason == reasonNoCredential || reason == reasonAnotherScheme:
		return decision{reason: reason, err: errUnauthorized}
	case reason != "":
		return denied(reason, descriptionNotBearer)
	case session.IsCode(credential) && scheme == access.DPoP:
		return denied(reasonNotBound, descriptionNotBound)
	case session.IsCode(credential):
		return a.decideSession(ctx, credential)
	default:
		return a.decideToken(ctx, e, scheme, credential)
	}
}

// passing are the reasons that pass by themselves: the clock goes on, the issuer publishes a key. Where API Gateway
// would cache a Deny, such a token gets the error that is 401 as well.
var passing = []token.Reason{token.NotYetValid, token.IssuedInFuture, token.KeyUnknown}

func (a *Authorizer) decideToken(ctx context.Context, e event, scheme access.Scheme, raw string) decision {
	claims, from, err := a.tokens.Verify(ctx, raw)
	if err == nil {
		d := decision{principal: principalOf(claims, from), reason: reasonVerified, kid: claims.KeyID, from: from}
		return a.decideBinding(d, e, scheme, raw)
	}
	var refusal *token.Error
	if !errors.As(err, &refusal) || errors.Is(err, token.ErrKeysUnavailable) {
		return decision{reason: string(token.KeysUnavailable), from: from, err: err}
	}
	d := denied(string(refusal.Reason), descriptionInvalid)
	if refusal.Reason == token.Expired {
		d.description = descriptionExpired
	}
	if a.cached && slices.Contains(passing, refusal.Reason) {
		d.err = errUnauthorized
	}
	d.name, d.from = refusal.Name, from
	return d
}

// principalOf returns a machine for a token of client credentials, whose sub Auth0 writes as <client_id>@clients, and a
// person for every other token.
func principalOf(c *token.Claims, from *issuer.Trusted) access.Principal {
	kind := access.KindUser
	if c.ClientID != "" && string(c.Subject) == string(c.ClientID)+"@clients" {
		kind = access.KindClient
	}
	return access.Principal{
		Kind: kind, Issuer: from.URL, Tenant: from.Tenant,
		Subject: c.Subject, ClientID: c.ClientID, Scopes: c.Scopes, ExpiresAt: c.ExpiresAt, TokenID: c.ID,
		MFAAt: c.MFAAt, ApprovalID: c.ApprovalID, Transfer: c.Transfer, Thumbprint: c.Thumbprint,
	}
}

// decideSession accepts an authorization code of the bank's own login, for view:balance alone: a transfer needs the
// step-up at Auth0.
func (a *Authorizer) decideSession(ctx context.Context, code string) decision {
	s, err := a.sessions.Verify(ctx, code)
	switch {
	case errors.Is(err, session.ErrInvalid):
		return denied(reasonSessionInvalid, descriptionInvalid)
	case err != nil:
		return decision{reason: reasonSessionsNotReady, err: err}
	}
	return decision{reason: reasonVerified, principal: access.Principal{
		Kind: access.KindSession, Subject: identity.Subject("customer|" + s.CustomerID),
		Scopes:    []string{access.ScopeViewBalance},
		ExpiresAt: s.ExpiresAt, TokenID: s.ID, CustomerID: s.CustomerID,
	}}
}
