package token

import (
	"slices"
	"time"
)

const (
	// clockSkew is how far the issuer's clock may be ahead of ours. It counts for iat and nbf: no token is good after
	// its exp.
	clockSkew = 10 * time.Second

	// maxLife is the longest that Auth0 lets an access token live: 2,592,000 seconds.
	maxLife = 30 * 24 * time.Hour
)

// judge applies the rules for claims that are well formed.
func (v *Verifier) judge(c *Claims, values *claimValues, now time.Time) error {
	for _, needed := range []claim{claimIss, claimAud, claimExp, claimIat} {
		if !values.has(needed) {
			return refuseNamed(ClaimMissing, claimText[needed])
		}
	}
	if c.Issuer != v.issuer {
		return refuse(WrongIssuer)
	}
	if v.ended(now) {
		return refuse(IssuerEnded)
	}
	if err := v.checkAudience(c); err != nil {
		return err
	}
	if err := v.dialect.checkKind(values); err != nil {
		return err
	}
	if !c.ExpiresAt.After(c.IssuedAt) || c.ExpiresAt.Sub(c.IssuedAt) > maxLife || !c.ExpiresAt.After(c.NotBefore) {
		return refuse(ImplausibleLife)
	}
	return c.checkTimes(now)
}

// ended tells whether the issuer's tokens are refused by now, however long they would live.
func (v *Verifier) ended(now time.Time) bool { return !v.until.IsZero() && !now.Before(v.until) }

// checkAudience accepts an access token that is for others too: Auth0's are for /userinfo as well. An id_token must
// be for our clients alone, and its azp must be one of them; with several audiences azp is required (OpenID Connect
// Core section 3.1.3.7, rules 3 to 5).
func (v *Verifier) checkAudience(c *Claims) error {
	ours := func(audience string) bool { return slices.Contains(v.audiences, audience) }
	if !v.dialect.private {
		if !slices.ContainsFunc(c.Audience, ours) {
			return refuse(WrongAudience)
		}
		return nil
	}
	for _, audience := range c.Audience {
		if !ours(audience) {
			return refuse(WrongAudience)
		}
	}
	if c.AuthorizedParty != "" && !ours(string(c.AuthorizedParty)) {
		return refuse(WrongParty)
	}
	if len(c.Audience) > 1 && c.AuthorizedParty == "" {
		return refuse(WrongParty)
	}
	return nil
}

// checkTimes judges all that changes while a token is remembered.
func (c *Claims) checkTimes(now time.Time) error {
	switch {
	case !now.Before(c.ExpiresAt): // "on or after which" (RFC 7519 section 4.1.4)
		return refuse(Expired)
	case c.IssuedAt.After(now.Add(clockSkew)):
		return refuse(IssuedInFuture)
	case c.NotBefore.After(now.Add(clockSkew)):
		return refuse(NotYetValid)
	}
	return nil
}
