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

func headerCases() []hostile {
	var cases []hostile
	text := func(name string, want token.Reason, edit func(string) string) {
		cases = append(cases, hostile{name: "header: " + name, want: want, make: withHeader(edit)})
	}
	for name, header := range map[string]string{
		"null": `null`, "a string": `"x"`, "a number": `1`, "a list": `[]`, "a list of the object": `[{"alg":"RS256"}]`,
		"white space": `  `,
		"not JSON":    `alg=RS256`, "cut short": `{"alg":"RS256"`, "single quotes": `{'alg':'RS256'}`,
		"a trailing comma": `{"alg":"RS256",}`,
		"no quotes":        `{alg:"RS256"}`, "a comment": `{"alg":"RS256"/*x*/}`, "raw binary": "\x00\x01\x02",
	} {
		text(name, token.HeaderMalformed, always(header))
	}
	text("bytes after", token.HeaderMalformed, func(h string) string { return h + "x" })
	text("a NUL after", token.HeaderMalformed, func(h string) string { return h + "\x00" })
	text("a second object", token.HeaderMalformed, func(h string) string { return h + `{"alg":"none"}` })
	text("a byte order mark", token.HeaderMalformed, func(h string) string { return "\ufeff" + h })
	text("UTF-16", token.HeaderMalformed, func(h string) string {
		return "\xff\xfe" +
			strings.Join(strings.Split(h, ""), "\x00")
	})
	text("a byte that is no UTF-8", token.HeaderMalformed, member(`"x":"`+"\xff"+`"`))
	text("half a surrogate pair", token.HeaderMalformed, member(`"x":"\ud800"`))
	text("a line break in a string", token.HeaderMalformed, member(`"x":"`+"\n"+`"`))
	text("nothing in it", token.AlgorithmRefused, always(`{}`))
	text("too deep", token.HeaderTooComplex, member(`"x":[[[[[]]]]]`))
	text("9000 deep", token.TooLarge, member(`"x":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)))
	text("too many members", token.HeaderTooComplex, func(h string) string {
		for i := range 20 {
			h = member(fmt.Sprintf(`"x%d":1`, i))(h)
		}
		return h
	})
	for _, name := range []string{"alg", "typ", "kid"} {
		for _, value := range []string{`1`, `null`, `true`, `[]`, `{}`, `["RS256"]`} {
			cases = append(cases, hostile{name: "header: " + name + " is " + value, want: token.HeaderWrongType,
				make: withHeader(func(h string) string { return replaceMember(h, name, value) })})
		}
		text(name+" twice, the same", token.HeaderNameRepeated,
			func(h string) string { return strings.Replace(h, `{`, `{`+memberOf(h, name)+`,`, 1) })
		text(name+" twice, another first", token.HeaderNameRepeated,
			func(h string) string { return strings.Replace(h, `{`, `{"`+name+`":"none",`, 1) })
		text(name+" twice, another last", token.HeaderNameRepeated, member(`"`+name+`":"none"`))
		text(name+" twice, once escaped", token.HeaderNameRepeated,
			member(fmt.Sprintf(`"\u%04x%s":"none"`, name[0], name[1:])))
		text(name+" twice, once in capitals", token.HeaderNameVariant, member(`"`+strings.ToUpper(name)+`":"none"`))
		text(name+" in capitals alone", token.HeaderNameVariant,
			func(h string) string { return strings.Replace(h, `"`+name+`"`, `"`+strings.ToUpper(name)+`"`, 1) })
	}
	text("kid with the Kelvin sign", token.HeaderNameVariant, member("\"\u212aid\":\"x\""))
	text("an unknown name twice", token.HeaderNameRepeated, member(`"x":1,"x":1`))
	text("an unknown name twice, but for case", token.HeaderNameVariant, member(`"x":1,"X":1`))
	text("a name twice further in", token.HeaderNameRepeated, member(`"x":{"y":1,"y":2}`))
	text("JWK in capitals", token.HeaderNameVariant, member(`"JWK":{}`))
	text("Crit", token.HeaderNameVariant, member(`"Crit":[]`))

	types := map[token.Dialect][]string{
		token.RFC9068: {"JWT", "jwt", "", "at+JWT ", " at+jwt", "at+jws", "at jwt", "application/jwt",
			"application/at+jwt; v=1", "id+jwt", "JOSE", "dpop+jwt", "logout+jwt", "secevent+jwt", "text/at+jwt",
			"at+jwt\x00"},
		token.Auth0: {"at+jwt", "AT+JWT", "application/at+jwt", "", "JWS", "JOSE", "JWT ", "application/jwt",
			"id+jwt", "logout+jwt", "dpop+jwt"},
		token.IDToken: {"at+jwt", "application/at+jwt", "", "JWS", "logout+jwt", "dpop+jwt", "jwt\x00"},
	}
	for _, dialect := range []token.Dialect{token.RFC9068, token.Auth0, token.IDToken} {
		build := access
		if dialect == token.IDToken {
			build = id
		}
		for _, typ := range types[dialect] {
			cases = append(cases, hostile{name: fmt.Sprintf("header: %s with typ %q", dialect, typ), dialect: dialect,
				want: token.WrongTokenType,
				make: build(tokentest.Header("typ", typ))})
		}
		cases = append(cases, hostile{name: fmt.Sprintf("header: %s without typ", dialect), dialect: dialect,
			want: token.WrongTokenType,
			make: build(tokentest.NoHeader("typ"))})
	}
	return cases
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

func algorithmCases() []hostile {
	var cases []hostile
	for _, alg := range []string{
		"none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES256K", "ES384",
		"ES512", "EdDSA", "Ed25519", "RS1", "RSA1_5", "RSA-OAEP", "A128KW", "dir", "rs256", "Rs256", "RS256 ", " RS256",
		"RS256\x00", "ＲS256", "RS256,none", "SHA256withRSA",
	} {
		cases = append(cases, hostile{name: fmt.Sprintf("algorithm: %q, well signed by RS256", alg),
			want: token.AlgorithmRefused, make: access(tokentest.Header("alg", alg))})
	}
	cases = append(cases, hostile{name: "algorithm: no alg", want: token.AlgorithmRefused,
		make: access(tokentest.NoHeader("alg"))})
	for _, alg := range []string{"none", "None", "nONE"} {
		cases = append(cases, hostile{name: "algorithm: " + alg + " without a signature", want: token.AlgorithmRefused,
			make: func(f *forge) string {
				raw := f.issuer.AccessToken(tokentest.Header("alg", alg))
				return raw[:strings.LastIndexByte(raw, '.')+1]
			}})
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
		sign := func(alg string, want token.Reason) hostile {
			return hostile{name: "algorithm: " + alg + " signed with HMAC under " + name, want: want,
				make: func(f *forge) string {
					raw := f.issuer.AccessToken(tokentest.Header("alg", alg))
					signed := raw[:strings.LastIndexByte(raw, '.')]
					mac := hmac.New(sha256.New, secret(f))
					mac.Write([]byte(signed))
					return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
				}}
		}
		cases = append(cases, sign("HS256", token.AlgorithmRefused), sign("RS256", token.SignatureSize))
	}
	return cases
}

// injectionCases try to bring a key or a meaning along.
func injectionCases() []hostile {
	var cases []hostile
	own := func(f *forge) map[string]any { return tokentest.JWK(f.other.Keys()[0]) }
	for name, value := range map[string]func(f *forge) any{
		"jwk": func(f *forge) any { return own(f) }, "jku": func(f *forge) any { return f.other.KeySetURL() },
		"x5u": func(f *forge) any { return f.other.URL + "cert.pem" },
		"x5c": func(*forge) any { return []string{"MIIB"} },
	} {
		for _, variant := range []string{"a key of another", "null", "the issuer's kid"} {
			cases = append(cases, hostile{name: "injection: " + name + ": " + variant, want: token.HeaderEmbedsKey,
				make: func(f *forge) string {
					header, payload := f.texts(f.issuer.AccessToken())
					switch variant {
					case "null":
						header = member(`"` + name + `":null`)(header)
					case "the issuer's kid":
						header = member(`"` + name + `":` + quote(value(f)))(header)
					default:
						header = replaceMember(header, "kid", quote(f.other.Keys()[0].ID))
						header = member(`"` + name + `":` + quote(value(f)))(header)
					}
					return tokentest.SignRaw(f.other.Keys()[0].Private, header, payload)
				}})
		}
	}
	for _, crit := range []string{`[]`, `["exp"]`, `["b64"]`, `["alg"]`, `["x"]`, `"exp"`, `null`, `{}`, `1`} {
		cases = append(cases, hostile{name: "injection: crit " + crit, want: token.HeaderCritical,
			make: withHeader(member(`"crit":` + crit))})
	}
	cases = append(cases, hostile{name: "injection: crit b64, b64 false, payload as it is", want: token.HeaderCritical,
		make: func(f *forge) string {
			header, _ := f.texts(f.issuer.AccessToken())
			return f.resigned(member(`"crit":["b64"],"b64":false`)(header), "x")
		}})
	for _, text := range []string{`"b64":false`, `"b64":true`, `"b64":null`, `"zip":"DEF"`, `"zip":null`,
		`"enc":"A128GCM"`, `"cty":"JWT"`, `"cty":"application/json"`} {
		cases = append(cases, hostile{name: "injection: " + text, want: token.HeaderTransforms,
			make: withHeader(member(text))})
	}
	for name, kid := range map[string]string{
		"empty": "", "a space": " ", "a space inside": "a b", "a NUL": "\x00", "the kid and a NUL": "kid\x00",
		"a line break":       "a\nb",
		"CR LF and a header": "a\r\nX-Injected: 1", "129 bytes": strings.Repeat("k", 129),
		"8000 bytes": strings.Repeat("k", 4000),
		"not ASCII":  "schlüssel", "an emoji": "🔑", "right to left": "\u202ekid", "an escape sequence": "\x1b[31m",
		"DEL": "a\x7f",
	} {
		cases = append(cases, hostile{name: "injection: kid is " + name, want: token.KeyIDMalformed,
			make: access(tokentest.Header("kid", kid))})
	}
	cases = append(cases, hostile{name: "injection: no kid", want: token.KeyIDMissing,
		make: access(tokentest.NoHeader("kid"))})
	for _, kid := range []string{
		"unknown", "../../../../dev/null", "/etc/passwd", "'OR'1'='1", "1;DROP/**/TABLE/**/keys", "|/usr/bin/sleep",
		"${jndi:ldap://x}", "{{7*7}}",
		"%00", "..%2f", "https://evil.example/jwks.json", "file:///dev/null", "__proto__", "constructor", "null",
		"undefined", "0", "*", "true",
	} {
		cases = append(cases, hostile{name: "injection: kid is " + kid, want: token.KeyUnknown,
			make: access(tokentest.Header("kid", kid))})
	}
	for name, change := range map[string]func(string) string{
		"in capitals": strings.ToUpper, "cut short": func(s string) string { return s[:len(s)-1] },
		"longer": func(s string) string { return s + "A" },
	} {
		cases = append(cases, hostile{name: "injection: the issuer's kid " + name, want: token.KeyUnknown,
			make: func(f *forge) string {
				kid := f.issuer.Keys()[0].ID
				if changed := change(kid); changed != kid {
					kid = changed
				} else {
					kid = strings.ToLower(kid)
				}
				return f.issuer.AccessToken(tokentest.Header("kid", kid))
			}})
	}
	return cases
}
