package dpop_test

import (
	"strings"

	"drawbridge/shared/token/dpop"
)

// headers are those of another kind of token, and with keys that are none.
func (c *corpus) headers() {
	for _, member := range []string{
		`"typ":"dpop+jwt"`, `"alg":"ES256"`, `"Typ":"dpop+jwt"`, `"ALG":"none"`, `"Jwk":{}`, `"a":1,"A":2`,
		`"a":{"b":1,"b":2}`, `"a":{"b":{"c":{"d":{}}}}`, `"ſomething":1,"something":2`,
		`"CRIT":["exp"]`, `"Jku":"https://evil.example/"`, `"ZIP":"DEF"`,
	} {
		c.header(dpop.HeaderMalformed, `{"typ"`, "{"+member+`,"typ"`)
	}
	c.header(dpop.HeaderMalformed, `,"alg"`, many(16)+`,"alg"`)
	c.header(dpop.HeaderMalformed, `"kty":"EC"`, `"kty":"EC","kty":"EC"`)
	c.header(dpop.HeaderMalformed, `"kty":"EC"`, `"kty":"EC","KTY":"RSA"`)
	c.header(dpop.HeaderMalformed, `"x":`, `"X":"A","x":`)
	for _, typ := range []string{
		`"jwt"`, `"JWT"`, `"at+jwt"`, `"DPOP+JWT"`, `"dpop+JWT"`, `"application/dpop+jwt"`, `"dpop"`, `""`, `null`, `1`,
		`["dpop+jwt"]`, `"dpop+jwt "`, `"dpop\u0000+jwt"`,
	} {
		c.header(dpop.WrongType, `"dpop+jwt"`, typ)
	}
	c.header(dpop.WrongType, `"typ":"dpop+jwt",`, "")
	for _, alg := range []string{
		`"none"`, `"None"`, `"HS256"`, `"RS256"`, `"PS256"`, `"ES384"`, `"ES512"`, `"ES256K"`, `"EdDSA"`, `"Ed25519"`,
		`"es256"`, `""`, `null`, `["ES256"]`, `256`,
	} {
		c.header(dpop.AlgorithmRefused, `"ES256"`, alg)
	}
	c.header(dpop.AlgorithmRefused, `"alg":"ES256",`, "")
	for _, member := range []string{
		`"crit":["exp"]`, `"crit":[]`, `"crit":null`, `"jku":"https://evil.example/"`, `"x5u":"https://evil.example/"`,
		`"x5c":["MII="]`, `"b64":false`, `"b64":true`, `"zip":"DEF"`, `"enc":"A128GCM"`, `"cty":"JWT"`,
	} {
		c.header(dpop.HeaderRefused, `"alg":`, member+`,"alg":`)
	}
	for _, member := range []string{`"d":"AA"`, `"d":null`, `"d":""`, `"D":"AA"`, `"k":"AA"`, `"p":"AA"`, `"q":1`,
		`"dp":"AA"`, `"dq":"AA"`, `"qi":"AA"`, `"oth":[]`, `"priv":"AA"`} {
		c.header(dpop.KeyPrivate, `"kty":`, member+`,"kty":`)
	}
	for _, member := range []string{`"use":"enc"`, `"use":null`, `"alg":"ES384"`, `"alg":"none"`, `"key_ops":["sign"]`,
		`"key_ops":[]`, `"key_ops":"verify"`} {
		c.header(dpop.KeyRefused, `"kty":`, member+`,"kty":`)
	}
	for old, several := range map[string][]string{
		`"EC"`:    {`"RSA"`, `"OKP"`, `"oct"`, `"ec"`, `null`},
		`"P-256"`: {`"P-384"`, `"secp256k1"`, `"p-256"`, `"Ed25519"`, `null`},
		`"x":"`:   {`"x":"A`, `"x":"=`, `"x":"+`, `"x1":"`}, `"y":"`: {`"y":"AA`, `"y":" `, `"y1":"`},
	} {
		for _, new := range several {
			c.header(dpop.KeyRefused, old, new)
		}
	}
	c.one(dpop.KeyRefused, "the point at infinity", func(w *world) string {
		zero := strings.Repeat("A", 43)
		jwk := `{"kty":"EC","crv":"P-256","x":"` + zero + `","y":""}`
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","jwk":`+jwk+`}`, w.payload())
	})
	c.one(dpop.KeyMissing, "no jwk", func(w *world) string {
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256"}`, w.payload())
	})
	c.one(dpop.KeyMissing, "a kid for the jwk", func(w *world) string {
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","kid":"key"}`, w.payload())
	})
	for _, jwk := range []string{"null", `"key"`, "[]", "1"} {
		c.one(dpop.KeyMissing, "jwk "+jwk, func(w *world) string {
			return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","jwk":`+jwk+`}`, w.payload())
		})
	}
}
