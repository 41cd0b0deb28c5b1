package dpop

import (
	"strings"
	"time"

	"drawbridge/shared/strictjson"
)

const (
	maxID    = 128 // bytes of jti: a UUID has 36, and 256 bits in hex have 64
	maxNonce = 256

	// A NumericDate has ten digits, which are the years 2001 to 2286: milliseconds have more.
	minTime, maxTime = 1_000_000_000, 9_999_999_999
)

var claimLimits = strictjson.Limits{Depth: 8, Members: 32}

// claims are those of a proof (RFC 9449 section 4.2), each of its own form.
type claims struct {
	id, method, uri, tokenHash string
	nonce                      string // empty if there is none
	issuedAt                   time.Time
	expiresAt, notBefore       time.Time // no proof needs them, but they bind (RFC 7519 section 4.1); zero if absent
}

type claim int

const (
	claimJTI claim = iota
	claimHTM
	claimHTU
	claimIat
	claimATH
	claimNonce
	claimExp
	claimNbf
	claimCount
)

const needed = claimNonce // all claims before it

var claimNames = [claimCount]string{"jti", "htm", "htu", "iat", "ath", "nonce", "exp", "nbf"}

var members = func() strictjson.Members[claim] {
	places := make(map[string]claim, claimCount)
	for c, name := range claimNames {
		places[name] = claim(c)
	}
	return strictjson.NewMembers(places)
}()

func readClaims(part string) (claims, error) {
	text, err := decode(part)
	if err != nil {
		return claims{}, err
	}
	var values [claimCount]strictjson.Value
	if members.Read(claimLimits, text, values[:]) != nil {
		return claims{}, refuse(ClaimsMalformed)
	}
	r := claimReader{values: &values}
	c := claims{
		id:        r.text(claimJTI, maxID),
		method:    r.text(claimHTM, maxSize),
		uri:       r.text(claimHTU, maxSize),
		issuedAt:  r.time(claimIat),
		tokenHash: r.text(claimATH, maxSize),
	}
	for c, value := range values[:needed] {
		if value.Kind() == strictjson.Absent {
			return claims{}, &Error{Reason: ClaimMissing, Name: claimNames[c]}
		}
	}
	if values[claimNonce].Kind() != strictjson.Absent {
		c.nonce = r.text(claimNonce, maxNonce)
	}
	if values[claimExp].Kind() != strictjson.Absent {
		c.expiresAt = r.time(claimExp)
	}
	if values[claimNbf].Kind() != strictjson.Absent {
		c.notBefore = r.time(claimNbf)
	}
	if r.refused {
		return claims{}, refuse(ClaimRefused)
	}
	return c, nil
}

// claimReader gives claims their types.
type claimReader struct {
	values  *[claimCount]strictjson.Value
	refused bool
}

// text reads a text of visible ASCII: jti goes into a hash with separators, the others are compared.
func (r *claimReader) text(c claim, longest int) string {
	text, ok := r.values[c].Text()
	if !ok || text == "" || len(text) > longest || strings.ContainsFunc(text, invisible) {
		r.refused = true
	}
	return text
}

func invisible(c rune) bool { return c <= ' ' || c > '~' }

// time reads a NumericDate without a fraction or an exponent, about which readers differ.
func (r *claimReader) time(c claim) time.Time {
	seconds, ok := r.values[c].Integer()
	if !ok || seconds < minTime || seconds > maxTime {
		r.refused = true
	}
	return time.Unix(seconds, 0)
}
