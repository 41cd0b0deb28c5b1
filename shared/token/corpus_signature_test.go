package token_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha512"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"strings"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// withSignature is a good token with another signature: what sign makes of the signed text and the good signature.
func withSignature(sign func(f *forge, signed string, good []byte) []byte) func(*forge) string {
	return func(f *forge) string {
		raw := f.issuer.AccessToken()
		dot := strings.LastIndexByte(raw, '.')
		good, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		testkit.Must(f.t, err)
		return raw[:dot+1] + base64.RawURLEncoding.EncodeToString(sign(f, raw[:dot], good))
	}
}

func (c *corpus) signatures() {
	c.group = "signature"
	add := func(name string, want token.Reason, sign func(f *forge, signed string, good []byte) []byte) {
		c.add(want, name, withSignature(sign))
	}
	fixed := func(signature []byte) func(*forge, string, []byte) []byte {
		return func(*forge, string, []byte) []byte { return signature }
	}
	// by signs a digest of the text with the issuer's current key, in another way than RS256.
	by := func(hash crypto.Hash, sign func(key *rsa.PrivateKey, digest []byte) ([]byte, error)) func(*forge, string,
		[]byte) []byte {
		return func(f *forge, signed string, _ []byte) []byte {
			h := hash.New()
			h.Write([]byte(signed))
			signature, err := sign(f.issuer.Keys()[0].Private, h.Sum(nil))
			testkit.Must(f.t, err)
			return signature
		}
	}
	pkcs1 := func(hash crypto.Hash) func(*rsa.PrivateKey, []byte) ([]byte, error) {
		return func(key *rsa.PrivateKey, digest []byte) ([]byte, error) {
			return rsa.SignPKCS1v15(nil, key, hash, digest)
		}
	}
	// over is RS256 over another text.
	over := func(key *rsa.PrivateKey, text string) []byte {
		signature, _ := base64.RawURLEncoding.DecodeString(tokentest.SignatureOver(key, text))
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
	add("a zero before", token.SignatureMismatch,
		func(_ *forge, _ string, good []byte) []byte { return append([]byte{0}, good...) })
	add("twice", token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte { return append(good, good...) })
	add("the modulus added", token.SignatureMismatch, func(f *forge, _ string, good []byte) []byte {
		sum := new(big.Int).SetBytes(good)
		return sum.Add(sum, f.issuer.Keys()[0].Private.N).FillBytes(make([]byte, 257))
	})
	add("the modulus", token.SignatureMismatch,
		func(f *forge, _ string, _ []byte) []byte { return f.issuer.Keys()[0].Private.N.Bytes() })
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
	add("of the issuer's other key", token.SignatureMismatch,
		func(f *forge, signed string, _ []byte) []byte { return over(f.issuer.Keys()[1].Private, signed) })
	add("PSS", token.SignatureMismatch, by(crypto.SHA256, func(key *rsa.PrivateKey, digest []byte) ([]byte, error) {
		return rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest, nil)
	}))
	add("SHA-1", token.SignatureMismatch, by(crypto.SHA1, pkcs1(crypto.SHA1)))
	add("SHA-384", token.SignatureMismatch, by(crypto.SHA384, pkcs1(crypto.SHA384)))
	add("SHA-512", token.SignatureMismatch, by(crypto.SHA512, pkcs1(crypto.SHA512)))
	add("without the hash's name", token.SignatureMismatch, by(crypto.SHA256, pkcs1(0)))
	add("over the payload alone", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		return over(f.issuer.Keys()[0].Private, signed[strings.IndexByte(signed, '.')+1:])
	})
	add("over the decoded parts", token.SignatureMismatch, func(f *forge, signed string, _ []byte) []byte {
		header, payload := f.texts(signed + ".")
		return over(f.issuer.Keys()[0].Private, header+"."+payload)
	})
	for bit := 0; bit < 2048; bit += 128 {
		add(fmt.Sprintf("bit %d flipped", bit), token.SignatureMismatch, func(_ *forge, _ string, good []byte) []byte {
			good[bit/8] ^= 1 << (bit % 8)
			return good
		})
	}
	swap := func(name string, pick func(a, b []string) []string) {
		c.add(token.SignatureMismatch, name, func(f *forge) string {
			other := f.issuer.AccessToken(tokentest.Claim("sub", "auth0|mallory"), tokentest.Header("x", 1))
			return strings.Join(pick(strings.Split(f.issuer.AccessToken(), "."), strings.Split(other, ".")), ".")
		})
	}
	swap("of another token", func(a, b []string) []string { return []string{a[0], a[1], b[2]} })
	swap("under another payload", func(a, b []string) []string { return []string{a[0], b[1], a[2]} })
	swap("under another header", func(a, b []string) []string { return []string{b[0], a[1], a[2]} })
}

// keySets publish a set in which the key that signed is not a good one. The issuer's other key always is.
func (c *corpus) keySets() {
	c.group = "key set"
	add := func(name string, spoil func(f *forge, jwk map[string]any) []any) {
		c.add(token.KeyUnknown, name, func(f *forge) string {
			key := tokentest.Key{ID: rand.Text(), Private: f.spare.Private}
			keys := append(spoil(f, tokentest.JWK(key)), tokentest.JWK(f.issuer.Keys()[0]),
				tokentest.JWK(f.issuer.Keys()[1]))
			f.issuer.Answer(body(quote(map[string]any{"keys": keys})))
			header, payload := f.texts(f.issuer.AccessToken(tokentest.Header("kid", key.ID)))
			return tokentest.SignRaw(key.Private, header, payload)
		})
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
	modulus := func(jwk map[string]any, edit func(n []byte) []byte) map[string]any {
		n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
		return with(jwk, "n", base64.RawURLEncoding.EncodeToString(edit(n)))
	}
	add("n is even", func(_ *forge, jwk map[string]any) []any {
		return []any{modulus(jwk, func(n []byte) []byte { n[255] &^= 1; return n })}
	})
	add("n has 2047 bits", func(_ *forge, jwk map[string]any) []any {
		return []any{modulus(jwk, func(n []byte) []byte { n[0] = 0x7f; return n })}
	})
	add("n has 4097 bits", set("n", base64.RawURLEncoding.EncodeToString(append([]byte{1}, make([]byte, 512)...))))
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		add("published with "+private, set(private, "AQAB"))
	}
	add("without its kid", func(_ *forge, jwk map[string]any) []any { delete(jwk, "kid"); return []any{jwk} })
	add("kid is a number", set("kid", 1))
	add("kid in a list", func(_ *forge, jwk map[string]any) []any { jwk["kid"] = []any{jwk["kid"]}; return []any{jwk} })
	twin := func(f *forge, jwk map[string]any) any {
		return with(tokentest.JWK(f.other.Keys()[0]), "kid", jwk["kid"])
	}
	add("its kid is another key's too", func(f *forge, jwk map[string]any) []any { return []any{jwk, twin(f, jwk)} })
	add("its kid is another key's too, which is there twice",
		func(f *forge, jwk map[string]any) []any { return []any{twin(f, jwk), jwk, twin(f, jwk)} })
	add("its private half stands with another entry of it", func(_ *forge, jwk map[string]any) []any {
		return []any{jwk, with(jwk, "d", "AQAB")}
	})
	add("its private half stands with an entry that writes n with a zero before",
		func(_ *forge, jwk map[string]any) []any {
			n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
			padded := base64.URLEncoding.EncodeToString(append([]byte{0}, n...))
			return []any{jwk, with(with(jwk, "n", padded), "d", "AQAB")}
		})
	add("its private half stands under another kid, for another use", func(_ *forge, jwk map[string]any) []any {
		return []any{jwk, with(with(with(jwk, "p", "AQAB"), "kid", "another"), "use", "enc")}
	})
	add("in a list of its own", func(_ *forge, jwk map[string]any) []any { return []any{[]any{jwk}} })
	add("as a string", func(_ *forge, jwk map[string]any) []any { return []any{quote(jwk)} })
	add("missing, null instead", func(*forge, map[string]any) []any { return []any{nil} })
}

// with returns a key with one member changed.
func with(jwk map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(jwk)
	changed[name] = value
	return changed
}
