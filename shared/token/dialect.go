package token

import (
	"strings"

	"drawbridge/shared/strictjson"
)

// Dialect is a kind of token, as its issuer writes it.
type Dialect string

const (
	// RFC9068 is the JWT profile for access tokens (RFC 9068 section 2.2), Auth0's token dialect "rfc9068_profile".
	RFC9068 Dialect = "rfc9068"
	// Auth0 is Auth0's own access token, its token dialect "access_token".
	Auth0 Dialect = "auth0"
	// IDToken is an OpenID Connect id_token as Auth0 issues it (OpenID Connect Core section 2).
	IDToken Dialect = "id_token"
)

// dialect is what one kind of token must and must not have. Every kind needs iss, aud, exp and iat.
type dialect struct {
	types    []string // any one of them, letter case aside: typ is a media type (RFC 7515 section 4.1.9)
	needs    []claim
	needsOne []claim // at least one of these, unless the list is empty
	excludes []claim // what only a token of another kind has
	private  bool    // every audience and the azp must be ours: the token is for its client, not for an API
}

var dialects = map[Dialect]dialect{
	RFC9068: {
		types:    []string{"at+jwt", "application/at+jwt"},
		needs:    []claim{claimSub, claimClientID, claimJTI},
		excludes: onlyInIDTokens,
	},
	Auth0: {
		types:    []string{"JWT"},
		needs:    []claim{claimSub, claimAZP},
		needsOne: onlyInAccessTokens,
		excludes: onlyInIDTokens,
	},
	IDToken: {
		types:    []string{"JWT"},
		needs:    []claim{claimSub},
		excludes: onlyInAccessTokens,
		private:  true,
	},
}

// Access tokens of Auth0's own dialect and id_tokens both have the typ JWT. These claims tell them apart.
var (
	onlyInAccessTokens = []claim{claimScope, claimGTY, claimPermissions}
	onlyInIDTokens     = []claim{claimNonce, claimATHash, claimCHash, claimSHash}
)

func (d dialect) takesType(typ string) bool {
	for _, own := range d.types {
		// Not EqualFold: media types are ASCII, where K is not the Kelvin sign.
		if len(typ) == len(own) && strings.EqualFold(typ, own) {
			return true
		}
	}
	return false
}

// checkKind judges by which claims are there.
func (d dialect) checkKind(values *claimValues) error {
	for _, c := range d.excludes {
		if values.has(c) {
			return refuseNamed(WrongKind, claimText[c])
		}
	}
	for _, c := range d.needs {
		if !values.has(c) {
			return refuseNamed(ClaimMissing, claimText[c])
		}
	}
	for _, c := range d.needsOne {
		if values.has(c) {
			return nil
		}
	}
	if len(d.needsOne) > 0 {
		return refuse(WrongKind)
	}
	return nil
}

// claimValues are the claims of one token that we read or refuse, as they stand in it.
type claimValues [claimCount]strictjson.Value

func (v *claimValues) has(c claim) bool { return v[c].Kind() != strictjson.Absent }
