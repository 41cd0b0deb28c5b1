package token_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// withSignature is a good token with another signature: what sign makes of the signed text and the good signature.
func withSignature(sign func(f *forge, signed string, good []byte) []byte) func(*forge) string {
	return func(f *forge) string {
		raw := f.issuer.AccessToken()
		dot := strings.LastIndexByte(raw, '.')
		good, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		if err != nil {
			f.t.Fatal(err)
		}
		return raw[:dot+1] + base64.RawURLEncoding.EncodeToString(sign(f, raw[:dot], good))
	}
}

func signatureCases() []hostile {
	var cases []hostile
	add := func(name string, want token.Reason, sign func(f *forge, signed string, good []byte) []byte) {
		cases = append(cases, hostile{name: "signature: " + name, want: want, make: withSignature(sign)})
	}
	fixed := func(signature []byte) func(*forge, string, []byte) []byte {
		return func(*forge, string, []byte) []byte { return signature }
	}
	must := func(signature []byte, err error) []byte {
		if err != nil {
			panic(err)
		}
		return signature
	}
	for _, size := range []int{1, 32, 64, 128, 255, 513, 1024} {
		add(fmt.Sprintf("%d zeros", size), token.SignatureSize, fixed(make([]byte, size)))
	}
	for _, size := range []int{256, 257, 384, 512} {
		add(fmt.Sprintf("%d zeros", size), token.SignatureMismatch, fixed(make([]byte, size)))
	}
	add("one", token.SignatureMismatch, fixed(append(make([]byte, 255), 1)))
	add("all bits set", token.SignatureMismatch, fixed([]byte(strings.Repeat("\xff", 256))))
	add("a byte short", token.SignatureSize, func(_ *forge, _ string, good []byte) []byte { return good[:255] })
	add("a byte more", token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte { return append(good, 0) })
	add("a zero before", token.SignatureMismatch, func(_ *forge, _ string,
		good []byte) []byte {
		return append([]byte{0}, good...)
	})
	add("twice", token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte { return append(good, good...) })
	add("the modulus added", token.SignatureMismatch, func(f *forge, _ string, good []byte) []byte {
		sum := new(big.Int).SetBytes(good)
		return sum.Add(sum, f.issuer.Keys()[0].Private.N).FillBytes(make([]byte, 257))
	})
	add("the modulus", token.SignatureMismatch, func(f *forge, _ string,
		_ []byte) []byte {
		return f.issuer.Keys()[0].Private.N.Bytes()
	})
	add("negated", token.SignatureMismatch, func(f *forge, _ string, good []byte) []byte {
		n := f.issuer.Keys()[0].Private.N
		return new(big.Int).Sub(n, new(big.Int).SetBytes(good)).FillBytes(make([]byte, 256))
	})
	add("backwards", token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte {
		for i := range 128 {
			good[i], good[255-i] = good[255-i], good[i]
		}
		return good
	})
	add("of the issuer's other key", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha256.Sum256([]byte(signed))
		return must(rsa.SignPKCS1v15(nil, f.issuer.Keys()[1].Private, crypto.SHA256, digest[:]))
	})
	add("PSS", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha256.Sum256([]byte(signed))
		return must(rsa.SignPSS(rand.Reader, f.issuer.Keys()[0].Private, crypto.SHA256, digest[:], nil))
	})
	add("SHA-1", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha1.Sum([]byte(signed))
		return must(rsa.SignPKCS1v15(nil, f.issuer.Keys()[0].Private, crypto.SHA1, digest[:]))
	})
	add("SHA-384", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha512.Sum384([]byte(signed))
		return must(rsa.SignPKCS1v15(nil, f.issuer.Keys()[0].Private, crypto.SHA384, digest[:]))
	})
	add("SHA-512", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha512.Sum512([]byte(signed))
		return must(rsa.SignPKCS1v15(nil, f.issuer.Keys()[0].Private, crypto.SHA512, digest[:]))
	})
	add("without the hash's name", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		digest := sha256.Sum256([]byte(signed))
		return must(rsa.SignPKCS1v15(nil, f.issuer.Keys()[0].Private, 0, digest[:]))
	})
	add("over the payload alone", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		signature, _ := base64.RawURLEncoding.DecodeString(tokentest.SignatureOver(f.issuer.Keys()[0].Private,
			signed[strings.IndexByte(signed, '.')+1:]))
		return signature
	})
	add("over the decoded parts", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		header, payload := f.texts(signed + ".")
		signature, _ := base64.RawURLEncoding.DecodeString(tokentest.SignatureOver(f.issuer.Keys()[0].Private,
			header+"."+payload))
		return signature
	})
	for bit := 0; bit < 2048; bit += 128 {
		add(fmt.Sprintf("bit %d flipped", bit), token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte {
			good[bit/8] ^= 1 << (bit % 8)
			return good
		})
	}
	swap := func(name string, pick func(a, b []string) []string) {
		cases = append(cases, hostile{name: "signature: " + name, want: token.SignatureMismatch,
			make: func(f *forge) string {
				a := strings.Split(f.issuer.AccessToken(), ".")
				b := strings.Split(f.issuer.AccessToken(tokentest.Claim("sub", "auth0|mallory"),
					tokentest.Header("x", 1)),
					".")
				return strings.Join(pick(a, b), ".")
			}})
	}
	swap("of another token", func(a, b []string) []string { return []string{a[0], a[1], b[2]} })
	swap("under another payload", func(a, b []string) []string { return []string{a[0], b[1], a[2]} })
	swap("under another header", func(a, b []string) []string { return []string{b[0], a[1], a[2]} })
	return cases
}

// keySetCases publish a set in which the key that signed is not a good one. The issuer's other key always is.
func keySetCases() []hostile {
	var cases []hostile
	add := func(name string, spoil func(f *forge, jwk map[string]any) []any) {
		cases = append(cases, hostile{name: "key set: " + name, want: token.KeyUnknown, make: func(f *forge) string {
			key := tokentest.Key{ID: rand.Text(), Private: f.spare.Private}
			keys := append(spoil(f, tokentest.JWK(key)), tokentest.JWK(f.issuer.Keys()[0]),
				tokentest.JWK(f.issuer.Keys()[1]))
			f.issuer.Answer(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(quote(map[string]any{"keys": keys})))
			})
			header, payload := f.texts(f.issuer.AccessToken(tokentest.Header("kid", key.ID)))
			return tokentest.SignRaw(key.Private, header, payload)
		}})
	}
	set := func(name string, value any) func(*forge, map[string]any) []any {
		return func(_ *forge, jwk map[string]any) []any { jwk[name] = value; return []any{jwk} }
	}
	for _, value := range []any{"enc", "SIG", "", "weird", nil, 1, []string{"sig"}} {
		add(fmt.Sprintf("use is %v", quote(value)), set("use", value))
	}
	for _, value := range []any{"RS384", "PS256", "HS256", "none", "", nil, "rs256", 1} {
		add(fmt.Sprintf("alg is %v", quote(value)), set("alg", value))
	}
	for _, value := range []any{"EC", "oct", "OKP", "rsa", "", nil, 1} {
		add(fmt.Sprintf("kty is %v", quote(value)), set("kty", value))
	}
	for name, value := range map[string]any{"sign": []string{"sign"}, "nothing": []string{}, "a string": "verify",
		"null": nil, "encrypt": []string{"encrypt"}} {
		add("key_ops is "+name, set("key_ops", value))
	}
	for name, e := range map[string]any{"1": "AQ", "2": "Ag", "3": "Aw", "65536": "AQAA", "2^64+65537": "AQAAAAAAAQAB",
		"empty": "", "null": nil, "a number": 65537, "not base64url": "AQ+B", "2^32-1": "_____w"} {
		add("e is "+name, set("e", e))
	}
	add("n is empty", set("n", ""))
	add("n is null", set("n", nil))
	add("n is not base64url", set("n", "***"))
	add("n is even", func(_ *forge, jwk map[string]any) []any {
		n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
		n[255] &^= 1
		jwk["n"] = base64.RawURLEncoding.EncodeToString(n)
		return []any{jwk}
	})
	add("n has 2047 bits", func(_ *forge, jwk map[string]any) []any {
		n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
		n[0] = 0x7f
		jwk["n"] = base64.RawURLEncoding.EncodeToString(n)
		return []any{jwk}
	})
	add("n has 4097 bits", set("n", base64.RawURLEncoding.EncodeToString(append([]byte{1}, make([]byte, 512)...))))
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		add("published with "+private, set(private, "AQAB"))
	}
	add("without its kid", func(_ *forge, jwk map[string]any) []any { delete(jwk, "kid"); return []any{jwk} })
	add("kid is a number", set("kid", 1))
	add("kid in a list", func(_ *forge, jwk map[string]any) []any { jwk["kid"] = []any{jwk["kid"]}; return []any{jwk} })
	add("its kid is another key's too, which is there twice", func(f *forge, jwk map[string]any) []any {
		twin := tokentest.JWK(f.other.Keys()[0])
		twin["kid"] = jwk["kid"]
		return []any{twin, jwk, twin}
	})
	add("its private half stands with another entry of it", func(_ *forge, jwk map[string]any) []any {
		return []any{jwk, with(jwk, "d", "AQAB")}
	})
	add("its private half stands with an entry that writes n with a zero before",
		func(_ *forge, jwk map[string]any) []any {
			n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
			return []any{jwk, with(with(jwk, "n", base64.URLEncoding.EncodeToString(append([]byte{0}, n...))), "d",
				"AQAB")}
		})
	add("its private half stands under another kid, for another use", func(_ *forge, jwk map[string]any) []any {
		return []any{jwk, with(with(with(jwk, "p", "AQAB"), "kid", "another"), "use", "enc")}
	})
	add("its kid is another key's too", func(f *forge, jwk map[string]any) []any {
		twin := tokentest.JWK(f.other.Keys()[0])
		twin["kid"] = jwk["kid"]
		return []any{jwk, twin}
	})
	add("in a list of its own", func(_ *forge, jwk map[string]any) []any { return []any{[]any{jwk}} })
	add("as a string", func(_ *forge, jwk map[string]any) []any { return []any{quote(jwk)} })
	add("missing, null instead", func(*forge, map[string]any) []any { return []any{nil} })
	return cases
}

// with returns a key with one member changed.
func with(jwk map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(jwk)
	changed[name] = value
	return changed
}
