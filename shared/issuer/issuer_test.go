package issuer_test

import (
	"strings"
	"testing"
	"time"

	"drawbridge/shared/env"
	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
)

func read(list string) ([]issuer.Issuer, error) {
	r := env.New(func(string) (string, bool) { return list, true })
	return issuer.Read(r, "TOKEN_ISSUERS", "https://my-banking-api"), r.Err()
}

func TestAnIssuerAloneIsOfTheMainTenant(t *testing.T) {
	got, err := read("https://bank.eu.auth0.com/")
	testkit.Must(t, err)
	want := []issuer.Issuer{{
		URL: "https://bank.eu.auth0.com/", Tenant: "main", Audience: "https://my-banking-api", Dialect: token.RFC9068,
		KeySetURL: "https://bank.eu.auth0.com/.well-known/jwks.json",
	}}
	testkit.Equal(t, want, got)
}

func TestSeveralIssuersAreReadWithAllTheirMembers(t *testing.T) {
	got, err := read("https://login.bank.example/;tenant=main,https://bank.eu.auth0.com/;until=2027-03-01;tenant=main," +
		"https://acme.us.auth0.com/;tenant=acme;dialect=auth0;audience=urn:acme:bank;jwks=https://keys.acme.example/jwks")
	testkit.Must(t, err)
	const audience = "https://my-banking-api"
	want := []issuer.Issuer{
		{"https://login.bank.example/", "main", audience, token.RFC9068,
			"https://login.bank.example/.well-known/jwks.json", time.Time{}},
		{"https://bank.eu.auth0.com/", "main", audience, token.RFC9068,
			"https://bank.eu.auth0.com/.well-known/jwks.json", time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"https://acme.us.auth0.com/", "acme", "urn:acme:bank", token.Auth0, "https://keys.acme.example/jwks",
			time.Time{}},
	}
	testkit.Equal(t, want, got)
}

func TestAListThatIsNotOfItsFormIsRefusedByName(t *testing.T) {
	const a, b = "https://a.example/;tenant=main", "https://b.example/;tenant=main"
	for list, why := range map[string]string{
		"":                                    "is empty",
		",":                                   "an empty item",
		a + ",":                               "an empty item",
		"tenant=main":                         "no issuer",
		";tenant=main":                        "no issuer",
		"https://a.example":                   "no issuer",
		"https://a.example/x":                 "no issuer",
		"https://A.example/":                  "no issuer",
		"HTTPS://a.example/":                  "no issuer",
		"http://a.example/":                   "no issuer",
		"https:///":                           "no issuer",
		"https://u@a.example/":                "no issuer",
		"https://a.example/?x=/":              "no issuer",
		"https://a.example/#/":                "no issuer",
		"https://a%2eexample/":                "no issuer",
		"https://bänk.example/":               "no issuer",
		"https://a.example/ ;tenant=x":        "no issuer",
		"https://a.example/;":                 "its members are",
		"https://a.example/;tenent=main":      "its members are",
		"https://a.example/;Tenant=main":      "its members are",
		"https://a.example/;tenant":           "tenant is not",
		"https://a.example/;tenant=":          "tenant is not",
		"https://a.example/;tenant=Main":      "tenant is not",
		"https://a.example/;tenant=a#b":       "tenant is not",
		"https://a.example/;tenant=a\nb":      "tenant is not",
		a + ";tenant=acme":                    "tenant is there twice",
		"https://a.example/;audience=":        "audience is not",
		"https://a.example/;audience=a b":     "audience is not",
		"https://a.example/;dialect=saml":     "dialect is not",
		"https://a.example/;dialect=":         "dialect is not",
		"https://a.example/;jwks=":            "jwks is not",
		"https://a.example/;jwks=http://k/":   "jwks is not",
		a + "," + b + ";until=2027-3-1":       "until is not",
		a + "," + b + ";until=2027-02-30":     "until is not",
		a + "," + b + ";until=1.3.2027":       "until is not",
		a + "," + b + ";until=2027-03-01T00":  "until is not",
		a + "," + b + ";until=":               "until is not",
		a + ";until=2020-01-01":               "an end for the current issuer",
		a + ";until=2999-01-01," + b:          "an end for the current issuer",
		a + "," + a:                           "twice",
		a + ",https://a.example/;tenant=acme": "an issuer twice",
		"https://a.example/," + b:             "one without its tenant",
		a + ",https://b.example/":             "one without its tenant",
		strings.Join([]string{a, b, "https://c.example/;tenant=c", "https://d.example/;tenant=d",
			"https://e.example/;tenant=e"}, ","): "more than four",
	} {
		got, err := read(list)
		if err == nil || !strings.Contains(err.Error(), "TOKEN_ISSUERS") || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: want %q, got %v, %v", list, why, err, got)
		}
		if err != nil && strings.Contains(err.Error(), "example") {
			t.Errorf("%q: the error shows the value: %v", list, err)
		}
	}
}
