// Package idtoken tells whether an id_token is that of a login at Auth0 that has just happened.
//
// Three things together say so: the token verifies for a client of the bridge (package token); it was issued, and its
// user logged in, a moment ago; and the session_id in it was made seconds ago for this very user and client.
// [bridge.Bridge.Redeem] checks the third, and uses the session_id up in the transaction that writes what it earns: a
// copy of the token opens nothing.
//
// That a token was issued a moment ago says little by itself: silent logins and refreshes mint new tokens, and an
// authorization code is exchanged when its holder likes. The session_id's own age says the rest.
package idtoken

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/token"
)

const (
	maxAge     = bridge.Lifetime  // how long ago a token may have been issued
	futureSkew = 10 * time.Second // how far ahead of ours the issuer's clock may be
)

// Config says whose id_tokens are accepted.
type Config struct {
	Issuers    []issuer.Issuer
	Clients    []identity.ClientID // of the bridge
	MaxAuthAge time.Duration       // how long ago the user may have logged in at Auth0; not asked if zero
	Now        func() time.Time    // time.Now if nil
}

// FromEnv returns the Reader of the id_tokens that the environment describes, by TOKEN_ISSUERS, BRIDGE_CLIENT_IDS and,
// if it is set, LOGIN_MAX_AUTH_AGE in seconds: then the app must ask Auth0 with max_age, so that id_tokens carry
// auth_time. It is nil if the environment has a problem, which r keeps.
func FromEnv(r *env.Reader) (*Reader, error) {
	c := Config{
		Issuers:    issuer.Read(r, "TOKEN_ISSUERS", ""),
		Clients:    env.Parsed(r, "BRIDGE_CLIENT_IDS", identity.ParseClientID),
		MaxAuthAge: r.OptionalSeconds("LOGIN_MAX_AUTH_AGE"),
	}
	if r.Err() != nil {
		return nil, nil
	}
	return New(c)
}

// Reader reads id_tokens.
type Reader struct {
	tokens     *issuer.Set
	maxAuthAge time.Duration
	now        func() time.Time
}

// New returns a Reader.
func New(c Config) (*Reader, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	var audiences []string
	for _, client := range c.Clients {
		audiences = append(audiences, string(client))
	}
	tokens, err := issuer.Trust(issuer.Config{Issuers: c.Issuers, Audiences: audiences, Dialect: token.IDToken})
	return &Reader{tokens: tokens, maxAuthAge: c.MaxAuthAge, now: c.Now}, err
}

// Login is what a verified token says of a login.
type Login struct {
	Issuer        string // one of ours
	Person        identity.Person
	Client        identity.ClientID // that the token was made for
	SessionID     string
	Email         string
	EmailVerified bool
}

// Attributes are what an audit record says of a login; nothing if the token did not verify.
func (l Login) Attributes() []slog.Attr {
	if l.Person == "" {
		return nil
	}
	return []slog.Attr{
		slog.String("issuer", l.Issuer), audit.Person(l.Person), slog.String("client_id", string(l.Client)),
		audit.Name("nonce", bridge.ID(l.SessionID)),
	}
}

// notFresh is why a verified token is not that of a login a moment ago: for the log.
type notFresh string

func (n notFresh) Error() string { return string(n) }

// Read returns what raw says. With a [notFresh] it returns that too, for the record; any other error is package
// token's.
func (r *Reader) Read(ctx context.Context, raw string) (Login, error) {
	claims, from, err := r.tokens.Verify(ctx, raw)
	if err != nil {
		return Login{}, err
	}
	login := Login{
		Issuer: from.URL, Person: identity.PersonOf(from.Tenant, claims.Subject), Client: clientOf(claims),
		SessionID: claims.SessionID, Email: claims.Email, EmailVerified: claims.EmailVerified,
	}
	if reason := r.check(claims); reason != "" {
		return login, reason
	}
	if !slices.Contains(claims.Audience, string(login.Client)) {
		return login, notFresh("azp_not_in_aud")
	}
	return login, nil
}

// clientOf is the client that the token was made for. The verifier has checked that azp and every audience are clients
// of the bridge, and that several audiences come with an azp.
func clientOf(c *token.Claims) identity.ClientID {
	if c.AuthorizedParty != "" {
		return c.AuthorizedParty
	}
	return identity.ClientID(c.Audience[0])
}

func (r *Reader) check(c *token.Claims) notFresh {
	now := r.now()
	switch {
	case c.SessionID == "":
		return "no_session_id"
	case c.IssuedAt.After(now.Add(futureSkew)):
		return "issued_in_future"
	case now.Sub(c.IssuedAt) > maxAge:
		return "token_too_old"
	case r.maxAuthAge == 0:
		return ""
	case c.AuthTime.IsZero():
		return "no_auth_time"
	case c.AuthTime.After(now.Add(futureSkew)):
		return "logged_in_in_future"
	case now.Sub(c.AuthTime) > r.maxAuthAge+maxAge: // it was within maxAuthAge when the token was issued
		return "login_too_old"
	}
	return ""
}

// Reason is what an audit record says of an error of Read or of Redeem; isRefusal is false for a failure of ours. A
// token's reason holds nothing of the token.
func Reason(err error) (reason string, isRefusal bool) {
	var stale notFresh
	var tokenError *token.Error
	switch {
	case errors.As(err, &stale):
		return string(stale), true
	case errors.Is(err, token.ErrKeysUnavailable):
		return "", false
	case errors.As(err, &tokenError):
		return "token_" + string(tokenError.Reason), true
	}
	for _, known := range []struct {
		err    error
		reason string
	}{
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
