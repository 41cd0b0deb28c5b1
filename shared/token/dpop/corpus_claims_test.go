package dpop_test

import (
	"strconv"
	"strings"
	"time"

	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
)

// payloads are claims of another type, or none.
func (c *corpus) payloads() {
	for _, member := range []string{
		`"jti":"another"`, `"HTM":"POST"`, `"Htu":"https://api.bank.example/"`, `"IAT":1`, `"Ath":"A"`, `"NONCE":"n"`,
		`"a":1,"A":2`, `"a":{"b":1,"b":2}`, `"EXP":1`, `"Nbf":1`,
	} {
		c.payload(dpop.ClaimsMalformed, "}", ","+member+"}")
	}
	c.payload(dpop.ClaimsMalformed, "}", many(32)+"}")
	for _, name := range []string{"jti", "htm", "htu", "iat", "ath"} {
		c.payload(dpop.ClaimMissing, `"`+name+`":`, `"x-`+name+`":`)
	}
	for _, name := range []string{"jti", "htm", "htu", "iat", "ath", "nonce"} {
		for _, value := range []string{"null", "true", "[]", "{}", `""`, `" "`, `"\u0000"`, `"é"`} {
			c.claims(dpop.ClaimRefused, name+" is "+value, func(p string) string { return with(p, name, value) })
		}
	}
	c.claims(dpop.ClaimRefused, "a jti of 129 bytes", func(payload string) string {
		return with(payload, "jti", `"`+strings.Repeat("j", 129)+`"`)
	})
	c.claims(dpop.ClaimRefused, "a nonce of 257 bytes", func(payload string) string {
		return with(payload, "nonce", `"`+strings.Repeat("n", 257)+`"`)
	})
	for _, iat := range []string{
		"1.8e9", "1800000000.0", "1800000000000", "-1800000000", "0", "999999999", `"1800000000"`,
	} {
		c.claims(dpop.ClaimRefused, "iat "+iat, func(payload string) string { return with(payload, "iat", iat) })
	}
	for _, claim := range []string{`"exp":null`, `"exp":"soon"`, `"nbf":1.5`, `"nbf":0`} {
		c.payload(dpop.ClaimRefused, "{", "{"+claim+",")
	}
}

// meanings are good proofs for something else.
func (c *corpus) meanings() {
	for _, method := range []string{"POST", "get", "Get", "HEAD", "OPTIONS", "GET,POST", "*", "G\u0045T/"} {
		c.one(dpop.WrongMethod, "htm "+method, func(w *world) string { return w.Proof(method, page, token, w.nonce()) })
	}
	for name, off := range map[string]struct {
		want    dpop.Reason
		name    string
		seconds int64
	}{
		"iat a second too old":   {dpop.TooOld, "iat", -int64(dpop.Window/time.Second) - 1},
		"iat 61 minutes old":     {dpop.TooOld, "iat", -3660},
		"iat 61 minutes ahead":   {dpop.TooEarly, "iat", 3660},
		"iat a day old":          {dpop.TooOld, "iat", -86400},
		"iat a second too early": {dpop.TooEarly, "iat", int64(dpop.Window/time.Second) + 1},
		"iat a day ahead":        {dpop.TooEarly, "iat", 86400},
		"exp now":                {dpop.TooOld, "exp", 0},
		"exp past":               {dpop.TooOld, "exp", -60},
		"nbf two hours ahead":    {dpop.TooEarly, "nbf", 7200},
	} {
		c.claims(off.want, name, func(payload string) string {
			return with(payload, off.name, strconv.FormatInt(start.Unix()+off.seconds, 10))
		})
	}
	uri := func(want dpop.Reason, htu string) {
		c.one(want, "htu "+htu, func(w *world) string { return w.Proof("GET", htu, token, w.nonce()) })
	}
	for _, htu := range []string{
		"/transfers", "transfers", "api.bank.example/transfers", "//api.bank.example/transfers",
		"ftp://api.bank.example/", "https:/api.bank.example/transfers", "https://", "https:///transfers",
		"javascript:alert(1)", "*", "https://me@api.bank.example/transfers",
		"https://api.bank.example@evil.example/transfers", "https://api.bank.example\\@evil.example/transfers",
		base + "/transfers%", base + "/%2", base + "/%zz", base + "%2ftransfers",
	} {
		uri(dpop.URIMalformed, htu)
	}
	for _, htu := range []string{
		"http://api.bank.example/transfers", base + ":8443/transfers", base + ":80/transfers",
		base + ":0443/transfers", base + "./transfers", "https://www.api.bank.example/transfers",
		base + ".evil.example/transfers", "https://evil.example/transfers", "https://xapi.bank.example/transfers",
		base + "/", base, base + "/transfer", page + "/", base + "//transfers", base + "/Transfers",
		base + "/prod/transfers", page + "/1", page + ";a=1", page + "%2F", base + "/x/../transfers",
		base + "/./transfers", page + "%3Flimit=5", page + "%00", base + "?/transfers", base + "#/transfers",
		"https://abc.execute-api.eu-central-1.amazonaws.com/transfers",
		"https://abc.execute-api.eu-central-1.amazonaws.com/dev/transfers",
	} {
		uri(dpop.WrongURI, htu)
	}

	c.one(dpop.WrongKey, "another client's key", func(w *world) string {
		return w.thief.Proof("GET", page, token, w.nonce())
	})
	c.one(dpop.WrongKey, "another client's key with a nonce of its own", func(w *world) string {
		return w.thief.Proof("GET", page, token, w.verifier.Nonce(w.thief.Thumbprint()))
	})
	for name, other := range map[string]string{
		"another token": "another", "no token": "", "the token and a space": token + " ", "its first part": token[:23],
	} {
		c.one(dpop.WrongToken, "ath of "+name, func(w *world) string { return w.Proof("GET", page, other, w.nonce()) })
	}
	hash := dpoptest.Hash(token)
	for name, ath := range map[string]string{
		"in hex": strings.Repeat("ab", 32), "with padding": hash + "=", "half of it": hash[:22], "the token": token,
	} {
		c.claims(dpop.WrongToken, "ath "+name, func(payload string) string { return with(payload, "ath", `"`+ath+`"`) })
	}

	c.one(dpop.NonceMissing, "no nonce", func(w *world) string { return w.Proof("GET", page, token, "") })
	for name, nonce := range map[string]func(w *world) string{
		"a word":          func(*world) string { return "nonce" },
		"another key's":   func(w *world) string { return w.verifier.Nonce(w.thief.Thumbprint()) },
		"with padding":    func(w *world) string { return w.nonce() + "=" },
		"cut short":       func(w *world) string { return w.nonce()[:31] },
		"one letter off":  func(w *world) string { n := w.nonce(); return n[:31] + nextLetter(n[31]) },
		"another step's":  func(w *world) string { return "AAAAAA" + w.nonce()[6:] },
		"two minutes old": func(w *world) string { return w.nonceAt(-dpop.NonceLife) },
		"a minute ahead":  func(w *world) string { return w.nonceAt(dpop.NonceStep) },
		"of another secret": func(w *world) string {
			other, err := dpop.New(dpop.Config{Secret: strings.Repeat("s", 43), Now: w.Client.Now})
			if err != nil {
				panic(err)
			}
			return other.Nonce(w.Thumbprint())
		},
	} {
		c.one(dpop.NonceRefused, "nonce "+name, func(w *world) string { return w.Proof("GET", page, token, nonce(w)) })
	}
}
