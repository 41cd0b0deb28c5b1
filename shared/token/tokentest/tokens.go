package tokentest

import (
	"crypto/rand"

	"drawbridge/shared/token"
)

// Option changes a token before it is signed.
type Option func(header, claims map[string]any)

// Claim sets a claim.
func Claim(name string, value any) Option {
	return func(_, claims map[string]any) { claims[name] = value }
}

// NoClaim leaves a claim out.
func NoClaim(name string) Option {
	return func(_, claims map[string]any) { delete(claims, name) }
}

// Header sets a header parameter.
func Header(name string, value any) Option {
	return func(header, _ map[string]any) { header[name] = value }
}

// NoHeader leaves a header parameter out.
func NoHeader(name string) Option {
	return func(header, _ map[string]any) { delete(header, name) }
}

// StepUp makes an access token one that may transfer: the scope, a second factor given just now, a new approval.
func (i *Issuer) StepUp() Option {
	return func(_, claims map[string]any) {
		claims["scope"] = Scope + " transfer:funds"
		claims[Audience+"/mfa_at"] = i.Now().Unix()
		claims[Audience+"/approval_id"] = rand.Text()
	}
}

// StepUpFor is StepUp for one transfer alone, "FROM TO AMOUNT CURRENCY KEY".
func (i *Issuer) StepUpFor(transfer string) Option {
	stepUp := i.StepUp()
	return func(header, claims map[string]any) {
		stepUp(header, claims)
		claims[Audience+"/transfer"] = transfer
	}
}

// Machine makes an access token one of client credentials for clientID, with the given scope.
func Machine(clientID, scope string) Option {
	return func(_, claims map[string]any) {
		claims["sub"] = clientID + "@clients"
		claims["gty"] = "client-credentials"
		claims["scope"] = scope
		claims["aud"] = Audience
		for _, name := range []string{"azp", "client_id"} {
			if _, there := claims[name]; there {
				claims[name] = clientID
			}
		}
	}
}

// AccessToken returns a user's access token for Audience, in the issuer's dialect.
func (i *Issuer) AccessToken(options ...Option) string {
	now := i.Now().Unix()
	header := map[string]any{"alg": "RS256", "typ": "at+jwt", "kid": i.Keys()[0].ID}
	claims := map[string]any{
		"iss": i.URL, "sub": Subject, "aud": []string{Audience, i.URL + "userinfo"}, "scope": Scope,
		"iat": now, "exp": now + int64(i.Lifetime.Seconds()),
	}
	if i.Dialect == token.Auth0 {
		header["typ"] = "JWT"
		claims["azp"] = ClientID
	} else {
		claims["client_id"] = ClientID
		claims["jti"] = rand.Text()
	}
	return i.signed(header, claims, options)
}

// IDToken returns a user's id_token for ClientID.
func (i *Issuer) IDToken(options ...Option) string {
	now := i.Now().Unix()
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": i.Keys()[0].ID}
	claims := map[string]any{
		"iss": i.URL, "sub": Subject, "aud": ClientID, "iat": now, "exp": now + int64(i.Lifetime.Seconds()),
		"nonce": rand.Text(), "sid": rand.Text(), "email": "alice@example.com", "email_verified": true,
	}
	return i.signed(header, claims, options)
}

func (i *Issuer) signed(header, claims map[string]any, options []Option) string {
	for _, option := range options {
		option(header, claims)
	}
	return i.Sign(header, claims)
}
