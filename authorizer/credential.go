package main

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"drawbridge/shared/access"
	"drawbridge/shared/identity"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

// The reasons that are not of shared/token. Together with token.Reasons they are the closed list that is logged.
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

// What a Deny tells the client beside the code invalid_token: a sentence of ours. Why exactly a token was refused is
// for our log: it would tell a forger how far he got. A malformed bearer token is answered alike, although RFC 6750
// section 3.1 has invalid_request for it: that goes with status 400, and API Gateway has one status and one static
// WWW-Authenticate header for all denials.
const (
	descriptionNotBearer = "The Authorization header must be one bearer token"
	descriptionExpired   = "The token has expired"
	descriptionInvalid   = "The token is not valid"
)

// verdict is the decision about one request, and what is logged of it.
type verdict struct {
	principal access.Principal
	reason    string
	name      string // of the claim or header parameter concerned
	kid       string // known only once the token is verified

	description string // set for a Deny
	// For an error.
	err error
}

func denied(reason, description string) verdict {
	return verdict{reason: reason, description: description}
}

// bearer takes the credential out of the headers (RFC 6750 section 2.1; the scheme's case does not matter, RFC 9110
// section 11.1).
func bearer(authorization []string) (credential string, reason string) {
	switch len(authorization) {
	case 0:
		return "", reasonNoCredential
	case 1:
	default:
		return "", reasonSeveral
	}
	scheme, credential, _ := strings.Cut(authorization[0], " ")
	credential = strings.TrimLeft(credential, " ")
	switch {
	case !strings.EqualFold(scheme, "Bearer") && schemeForm.MatchString(scheme):
		return "", reasonAnotherScheme
	case !strings.EqualFold(scheme, "Bearer") || credential == "":
		return "", reasonNotBearer
	}
	return credential, ""
}

// schemeForm is that of all registered schemes (https://www.iana.org/assignments/http-authschemes). A token without a
// scheme is not of this form: it has dots.
var schemeForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)

func (a *Authorizer) decide(ctx context.Context, authorization []string) verdict {
	credential, reason := bearer(authorization)
	switch {
	case reason == reasonNoCredential || reason == reasonAnotherScheme:
		return verdict{reason: reason, err: errUnauthorized}
	case reason != "":
		return denied(reason, descriptionNotBearer)
	case session.IsCode(credential):
		return a.decideSession(ctx, credential)
	default:
		return a.decideToken(ctx, credential)
	}
}

// passing are the reasons for which the same token may be good a moment later, by the clock or by a key that the issuer
// publishes. Where API Gateway caches a Deny, such a token gets an error that is 401 too.
var passing = []token.Reason{token.NotYetValid, token.IssuedInFuture, token.KeyUnknown}

func (a *Authorizer) decideToken(ctx context.Context, raw string) verdict {
	claims, err := a.tokens.Verify(ctx, raw)
	if err == nil {
		return verdict{principal: principalOf(claims), reason: reasonVerified, kid: claims.KeyID}
	}
	var refusal *token.Error
	if !errors.As(err, &refusal) || errors.Is(err, token.ErrKeysUnavailable) {
		return verdict{reason: string(token.KeysUnavailable), err: err}
	}
	v := denied(string(refusal.Reason), descriptionInvalid)
	if refusal.Reason == token.Expired {
		v.description = descriptionExpired
	}
	if a.cached && slices.Contains(passing, refusal.Reason) {
		v.err = errUnauthorized
	}
	v.name = refusal.Name
	return v
}

// principalOf is a machine for a token of client credentials, whose sub Auth0 writes as <client_id>@clients, and a
// person for every other.
func principalOf(c *token.Claims) access.Principal {
	kind := access.KindUser
	if c.ClientID != "" && string(c.Subject) == string(c.ClientID)+"@clients" {
		kind = access.KindClient
	}
	return access.Principal{
		Kind: kind, Subject: c.Subject, ClientID: c.ClientID, Scopes: c.Scopes, ExpiresAt: c.ExpiresAt, TokenID: c.ID,
		MFAAt: c.MFAAt, ApprovalID: c.ApprovalID, Transfer: c.Transfer,
	}
}

// decideSession accepts an authorization code of the bank's own login. It never carries more than view:balance: a
// transfer always needs the step-up at Auth0.
func (a *Authorizer) decideSession(ctx context.Context, code string) verdict {
	s, err := a.sessions.Verify(ctx, code)
	switch {
	case errors.Is(err, session.ErrInvalid):
		return denied(reasonSessionInvalid, descriptionInvalid)
	case err != nil:
		return verdict{reason: reasonSessionsNotReady, err: err}
	}
	return verdict{reason: reasonVerified, principal: access.Principal{
		Kind: access.KindSession, Subject: identity.Subject("customer|" + s.CustomerID),
		Scopes:    []string{access.ScopeViewBalance},
		ExpiresAt: s.ExpiresAt, TokenID: s.ID, CustomerID: s.CustomerID,
	}}
}
