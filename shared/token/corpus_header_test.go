package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (c *corpus) headers() {
	c.group = "header"
	for name, header := range map[string]string{
		"null": `null`, "a string": `"x"`, "a number": `1`, "a list": `[]`, "a list of the object": `[{"alg":"RS256"}]`,
		"white space": `  `,
		"not JSON":    `alg=RS256`, "cut short": `{"alg":"RS256"`, "single quotes": `{'alg':'RS256'}`,
		"a trailing comma": `{"alg":"RS256",}`,
		"no quotes":        `{alg:"RS256"}`, "a comment": `{"alg":"RS256"/*x*/}`, "raw binary": "\x00\x01\x02",
	} {
		c.header(token.HeaderMalformed, name, always(header))
	}
	c.header(token.HeaderMalformed, "bytes after", func(h string) string { return h + "x" })
	c.header(token.HeaderMalformed, "a NUL after", func(h string) string { return h + "\x00" })
	c.header(token.HeaderMalformed, "a second object", func(h string) string { return h + `{"alg":"none"}` })
	c.header(token.HeaderMalformed, "a byte order mark", func(h string) string { return "\ufeff" + h })
	c.header(token.HeaderMalformed, "UTF-16",
		func(h string) string { return "\xff\xfe" + strings.Join(strings.Split(h, ""), "\x00") })
	c.header(token.HeaderMalformed, "a byte that is no UTF-8", member(`"x":"`+"\xff"+`"`))
	c.header(token.HeaderMalformed, "half a surrogate pair", member(`"x":"\ud800"`))
	c.header(token.HeaderMalformed, "a line break in a string", member(`"x":"`+"\n"+`"`))
	c.header(token.AlgorithmRefused, "nothing in it", always(`{}`))
	c.header(token.HeaderTooComplex, "too deep", member(`"x":[[[[[]]]]]`))
	c.header(token.TooLarge, "9000 deep", member(`"x":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)))
	c.header(token.HeaderTooComplex, "too many members", func(h string) string {
		for i := range 20 {
			h = member(fmt.Sprintf(`"x%d":1`, i))(h)
		}
		return h
	})
	for _, name := range []string{"alg", "typ", "kid"} {
		for _, value := range []string{`1`, `null`, `true`, `[]`, `{}`, `["RS256"]`} {
			c.header(token.HeaderWrongType, name+" is "+value,
				func(h string) string { return replaceMember(h, name, value) })
		}
		c.header(token.HeaderNameRepeated, name+" twice, the same",
			func(h string) string { return strings.Replace(h, `{`, `{`+memberOf(h, name)+`,`, 1) })
		c.header(token.HeaderNameRepeated, name+" twice, another first",
			func(h string) string { return strings.Replace(h, `{`, `{"`+name+`":"none",`, 1) })
		c.header(token.HeaderNameRepeated, name+" twice, another last", member(`"`+name+`":"none"`))
		c.header(token.HeaderNameRepeated, name+" twice, once escaped",
			member(fmt.Sprintf(`"\u%04x%s":"none"`, name[0], name[1:])))
		c.header(token.HeaderNameVariant, name+" twice, once in capitals", member(`"`+strings.ToUpper(name)+`":"none"`))
		c.header(token.HeaderNameVariant, name+" in capitals alone",
			func(h string) string { return strings.Replace(h, `"`+name+`"`, `"`+strings.ToUpper(name)+`"`, 1) })
	}
	c.header(token.HeaderNameVariant, "kid with the Kelvin sign", member("\"\u212aid\":\"x\""))
	c.header(token.HeaderNameRepeated, "an unknown name twice", member(`"x":1,"x":1`))
	c.header(token.HeaderNameVariant, "an unknown name twice, but for case", member(`"x":1,"X":1`))
	c.header(token.HeaderNameRepeated, "a name twice further in", member(`"x":{"y":1,"y":2}`))
	c.header(token.HeaderNameVariant, "JWK in capitals", member(`"JWK":{}`))
	c.header(token.HeaderNameVariant, "Crit", member(`"Crit":[]`))

	types := map[token.Dialect][]string{
		token.RFC9068: {"JWT", "jwt", "", "at+JWT ", " at+jwt", "at+jws", "at jwt", "application/jwt",
			"application/at+jwt; v=1", "id+jwt", "JOSE", "dpop+jwt", "logout+jwt", "secevent+jwt", "text/at+jwt",
			"at+jwt\x00"},
		token.Auth0: {"at+jwt", "AT+JWT", "application/at+jwt", "", "JWS", "JOSE", "JWT ", "application/jwt",
			"id+jwt", "logout+jwt", "dpop+jwt"},
		token.IDToken: {"at+jwt", "application/at+jwt", "", "JWS", "logout+jwt", "dpop+jwt", "jwt\x00"},
	}
	c.each(func(dialect token.Dialect, add func(token.Reason, string, ...tokentest.Option)) {
		for _, typ := range types[dialect] {
			add(token.WrongTokenType, fmt.Sprintf("with typ %q", typ), tokentest.Header("typ", typ))
		}
		add(token.WrongTokenType, "without typ", tokentest.NoHeader("typ"))
	})
}

// each adds cases in each dialect: of id_tokens in their own, of access tokens in the others.
func (c *corpus) each(f func(dialect token.Dialect, add func(token.Reason, string, ...tokentest.Option))) {
	for _, dialect := range []token.Dialect{token.Auth0, token.IDToken, token.RFC9068} {
		c.dialect = dialect
		f(dialect, func(want token.Reason, name string, options ...tokentest.Option) {
			build := access
			if dialect == token.IDToken {
				build = id
			}
			c.add(want, string(dialect)+" "+name, build(options...))
		})
	}
}

// memberOf is the text of a string member of an object without escapes or nesting.
func memberOf(object, name string) string {
	start := strings.Index(object, `"`+name+`":`)
	end := start + len(name) + 3
	if object[end] == '"' {
		return object[start : end+2+strings.IndexByte(object[end+1:], '"')]
	}
	return object[start : end+strings.IndexAny(object[end:], ",}")]
}

func replaceMember(object, name, value string) string {
	return strings.Replace(object, memberOf(object, name), `"`+name+`":`+value, 1)
}

func (c *corpus) algorithms() {
	c.group = "algorithm"
	for _, alg := range []string{
		"none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES256K", "ES384",
		"ES512", "EdDSA", "Ed25519", "RS1", "RSA1_5", "RSA-OAEP", "A128KW", "dir", "rs256", "Rs256", "RS256 ", " RS256",
		"RS256\x00", "ＲS256", "RS256,none", "SHA256withRSA",
	} {
		c.access(token.AlgorithmRefused, fmt.Sprintf("%q, well signed by RS256", alg), tokentest.Header("alg", alg))
	}
	c.access(token.AlgorithmRefused, "no alg", tokentest.NoHeader("alg"))
	for _, alg := range []string{"none", "None", "nONE"} {
		c.add(token.AlgorithmRefused, alg+" without a signature", func(f *forge) string {
			raw := f.issuer.AccessToken(tokentest.Header("alg", alg))
			return raw[:strings.LastIndexByte(raw, '.')+1]
		})
	}
	for name, secret := range map[string]func(f *forge) []byte{
		"the PEM of the public key": func(f *forge) []byte {
			der, _ := x509.MarshalPKIXPublicKey(&f.issuer.Keys()[0].Private.PublicKey)
			return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		},
		"the PKCS #1 PEM": func(f *forge) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY",
				Bytes: x509.MarshalPKCS1PublicKey(&f.issuer.Keys()[0].Private.PublicKey)})
		},
		"the DER": func(f *forge) []byte {
			return x509.MarshalPKCS1PublicKey(&f.issuer.Keys()[0].Private.PublicKey)
		},
		"the modulus": func(f *forge) []byte { return f.issuer.Keys()[0].Private.N.Bytes() },
		"the JWK":     func(f *forge) []byte { return []byte(quote(tokentest.JWK(f.issuer.Keys()[0]))) },
		"the kid":     func(f *forge) []byte { return []byte(f.issuer.Keys()[0].ID) },
		"nothing":     func(*forge) []byte { return nil },
	} {
		for alg, want := range map[string]token.Reason{"HS256": token.AlgorithmRefused, "RS256": token.SignatureSize} {
			c.add(want, alg+" signed with HMAC under "+name, func(f *forge) string {
				raw := f.issuer.AccessToken(tokentest.Header("alg", alg))
				signed := raw[:strings.LastIndexByte(raw, '.')]
				mac := hmac.New(sha256.New, secret(f))
				mac.Write([]byte(signed))
				return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
			})
		}
	}
}

// injections try to bring a key or a meaning along.
func (c *corpus) injections() {
	c.group = "injection"
	own := func(f *forge) map[string]any { return tokentest.JWK(f.other.Keys()[0]) }
	for name, value := range map[string]func(f *forge) any{
		"jwk": func(f *forge) any { return own(f) }, "jku": func(f *forge) any { return f.other.KeySetURL() },
		"x5u": func(f *forge) any { return f.other.URL + "cert.pem" },
		"x5c": func(*forge) any { return []string{"MIIB"} },
	} {
		for _, variant := range []string{"a key of another", "null", "the issuer's kid"} {
			c.add(token.HeaderEmbedsKey, name+": "+variant, func(f *forge) string {
				header, payload := f.texts(f.issuer.AccessToken())
				text := quote(value(f))
				switch variant {
				case "null":
					text = "null"
				case "a key of another":
					header = replaceMember(header, "kid", quote(f.other.Keys()[0].ID))
				}
				return tokentest.SignRaw(f.other.Keys()[0].Private, member(`"`+name+`":`+text)(header), payload)
			})
		}
	}
	for _, crit := range []string{`[]`, `["exp"]`, `["b64"]`, `["alg"]`, `["x"]`, `"exp"`, `null`, `{}`, `1`} {
		c.header(token.HeaderCritical, "crit "+crit, member(`"crit":`+crit))
	}
	c.add(token.HeaderCritical, "crit b64, b64 false, payload as it is", func(f *forge) string {
		header, _ := f.texts(f.issuer.AccessToken())
		return f.resigned(member(`"crit":["b64"],"b64":false`)(header), "x")
	})
	for _, text := range []string{`"b64":false`, `"b64":true`, `"b64":null`, `"zip":"DEF"`, `"zip":null`,
		`"enc":"A128GCM"`, `"cty":"JWT"`, `"cty":"application/json"`} {
		c.header(token.HeaderTransforms, text, member(text))
	}
	for name, kid := range map[string]string{
		"empty": "", "a space": " ", "a space inside": "a b", "a NUL": "\x00", "the kid and a NUL": "kid\x00",
		"a line break":       "a\nb",
		"CR LF and a header": "a\r\nX-Injected: 1", "129 bytes": strings.Repeat("k", 129),
		"8000 bytes": strings.Repeat("k", 4000),
		"not ASCII":  "schlüssel", "an emoji": "🔑", "right to left": "\u202ekid", "an escape sequence": "\x1b[31m",
		"DEL": "a\x7f",
	} {
		c.access(token.KeyIDMalformed, "kid is "+name, tokentest.Header("kid", kid))
	}
	c.access(token.KeyIDMissing, "no kid", tokentest.NoHeader("kid"))
	for _, kid := range []string{
		"unknown", "../../../../dev/null", "/etc/passwd", "'OR'1'='1", "1;DROP/**/TABLE/**/keys", "|/usr/bin/sleep",
		"${jndi:ldap://x}", "{{7*7}}",
		"%00", "..%2f", "https://evil.example/jwks.json", "file:///dev/null", "__proto__", "constructor", "null",
		"undefined", "0", "*", "true",
	} {
		c.access(token.KeyUnknown, "kid is "+kid, tokentest.Header("kid", kid))
	}
	for name, change := range map[string]func(string) string{
		"in small letters": strings.ToLower, "cut short": func(s string) string { return s[:len(s)-1] },
		"longer": func(s string) string { return s + "A" },
	} {
		c.add(token.KeyUnknown, "the issuer's kid "+name, func(f *forge) string {
			return f.issuer.AccessToken(tokentest.Header("kid", change(f.issuer.Keys()[0].ID)))
		})
	}
}
