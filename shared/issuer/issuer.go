// Package issuer knows whose tokens the bank takes, and at which tenant each issuer's people are.
//
// The variable TOKEN_ISSUERS lists one to four issuers, separated by commas, the current one first:
//
//	https://login.bank.example/;tenant=main,https://bank.eu.auth0.com/;tenant=main;until=2027-03-01
//
//	https://…/   the issuer, as its tokens' iss has it, byte for byte; it ends with a slash
//	tenant       the tenant behind it; needed if there are several issuers, else main
//	audience     the identifier of this API there, TOKEN_AUDIENCE if left out
//	dialect      rfc9068, if left out, or auth0: the API's token_dialect
//	jwks         where its keys are; /.well-known/jwks.json under the issuer if left out
//	until        the day from which its tokens are refused, 00:00 UTC; the current issuer has none
//
// Issuers of one tenant are its names, as before and after it gets a domain of its own: its people are the same under
// each. People of two tenants are never the same, whatever their subs (identity.Person).
package issuer

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/identity"
	"drawbridge/shared/token"
)

// Most is how many issuers there may be: each has keys to fetch and to keep, and tokens to count.
const Most = 4

// Issuer is one entry of the list.
type Issuer struct {
	URL       string
	Tenant    identity.Tenant
	Audience  string
	Dialect   token.Dialect // of its access tokens
	KeySetURL string
	Until     time.Time // zero if it has no end
}

// Ended tells whether the issuer's tokens are refused by now.
func (i Issuer) Ended(now time.Time) bool { return !i.Until.IsZero() && !now.Before(i.Until) }

// Read returns the list that the variable has, the current issuer first. An entry without an audience has the given
// one. Problems are the Reader's.
func Read(r *env.Reader, variable, audience string) []Issuer {
	list := env.Parsed(r, variable, func(entry string) (Issuer, error) { return parse(entry, audience) })
	if r.Err() != nil {
		return nil
	}
	seen := make(map[string]bool, len(list))
	for i := range list {
		switch {
		case seen[list[i].URL]:
			r.Refuse(variable, "names an issuer twice")
		case list[i].Tenant == "" && len(list) > 1:
			r.Refuse(variable, "has several issuers, and one without its tenant")
		case list[i].Tenant == "":
			list[i].Tenant = identity.Main
		}
		seen[list[i].URL] = true
	}
	if len(list) > Most {
		r.Refuse(variable, "has more than four issuers")
	}
	if !list[0].Until.IsZero() {
		r.Refuse(variable, "has an end for the current issuer: put the next one first")
	}
	return list
}

// parse reads one entry. Its error completes "has an item that is" and shows nothing of the value.
func parse(entry, audience string) (Issuer, error) {
	address, rest, more := strings.Cut(entry, ";")
	if !isIssuer(address) {
		return Issuer{}, errors.New("no issuer: write https://host/ in lower case, with a slash at its end")
	}
	i := Issuer{URL: address, Audience: audience, Dialect: token.RFC9068, KeySetURL: token.KeySetURL(address)}
	if !more {
		return i, nil
	}
	given := map[string]bool{}
	for member := range strings.SplitSeq(rest, ";") {
		name, value, _ := strings.Cut(member, "=")
		read, known := members[name]
		switch {
		case !known:
			return i, errors.New("malformed: its members are tenant, audience, dialect, jwks and until")
		case given[name]:
			return i, errors.New("malformed: " + name + " is there twice")
		case !read(&i, value):
			return i, errors.New("malformed: " + name + " is not of its form")
		}
		given[name] = true
	}
	return i, nil
}

// members read the value of each member; false if it is malformed.
var members = map[string]func(i *Issuer, value string) bool{
	"tenant": func(i *Issuer, value string) (ok bool) {
		var err error
		i.Tenant, err = identity.ParseTenant(value)
		return err == nil
	},
	"audience": func(i *Issuer, value string) bool {
		i.Audience = value
		return value != "" && !strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' })
	},
	"dialect": func(i *Issuer, value string) bool {
		i.Dialect = token.Dialect(value)
		return slices.Contains([]token.Dialect{token.RFC9068, token.Auth0}, i.Dialect)
	},
	"jwks": func(i *Issuer, value string) bool {
		i.KeySetURL = value
		return env.CheckURL(value) == ""
	},
	"until": func(i *Issuer, value string) bool {
		var err error
		i.Until, err = time.Parse(time.DateOnly, value)
		return err == nil
	},
}

// isIssuer accepts the one normal spelling of a URL. An issuer writes its iss so, and iss is compared byte for byte: a
// list in another spelling would refuse every token.
func isIssuer(address string) bool {
	u, err := url.Parse(address)
	odd := func(c rune) bool { return c <= ' ' || c > '~' || c == '%' || c == '\\' }
	return err == nil && env.CheckURL(address) == "" && strings.HasSuffix(address, "/") &&
		strings.HasPrefix(address, u.Scheme+"://"+strings.ToLower(u.Host)+"/") && !strings.ContainsFunc(address, odd)
}
