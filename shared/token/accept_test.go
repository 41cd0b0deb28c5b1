package token_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// The controls of the corpus: what an issuer may write, however unusual, is accepted.
func TestEveryValidVariantIsAccepted(t *testing.T) {
	type control struct {
		name    string
		dialect token.Dialect
		make    func(*forge) string
	}
	at := func(name string, ahead int64) func(*forge) string {
		return func(f *forge) string { return f.issuer.AccessToken(tokentest.Claim(name, f.issuer.Now().Unix()+ahead)) }
	}
	lived := func(from, to int64) func(*forge) string {
		return func(f *forge) string {
			now := f.issuer.Now().Unix()
			return f.issuer.AccessToken(tokentest.Claim("iat", now+from), tokentest.Claim("exp", now+to))
		}
	}
	controls := []control{
		{"plain rfc9068", token.RFC9068, access()},
		{"plain auth0", token.Auth0, access()},
		{"plain id_token", token.IDToken, id()},
		{"typ AT+JWT", token.RFC9068, access(tokentest.Header("typ", "AT+JWT"))},
		{"typ application/at+jwt", token.RFC9068, access(tokentest.Header("typ", "application/at+jwt"))},
		{"typ jwt", token.Auth0, access(tokentest.Header("typ", "jwt"))},
		{"an unknown header parameter", token.RFC9068, access(tokentest.Header("x5t", "abc"), tokentest.Header("x5t#S256", "abc"))},
		{"aud as a string", token.RFC9068, access(tokentest.Claim("aud", tokentest.Audience))},
		{"aud last of 16", token.RFC9068, access(tokentest.Claim("aud", append(strings.Split(strings.Repeat("x,", 15), ",")[:15], tokentest.Audience)))},
		{"no scope", token.RFC9068, access(tokentest.NoClaim("scope"))},
		{"an empty scope", token.RFC9068, access(tokentest.Claim("scope", ""))},
		{"auth0 with permissions alone", token.Auth0, access(tokentest.NoClaim("scope"), tokentest.Claim("permissions", []string{}))},
		{"a machine's, rfc9068", token.RFC9068, access(tokentest.Machine("bridge", "create:session"))},
		{"a machine's without scope, auth0", token.Auth0, access(tokentest.Machine("bridge", "x"), tokentest.NoClaim("scope"))},
		{"an id_token without nonce", token.IDToken, id(tokentest.NoClaim("nonce"))},
		{"an id_token with azp", token.IDToken, id(tokentest.Claim("azp", tokentest.ClientID))},
		{"an id_token with aud as a list", token.IDToken, id(tokentest.Claim("aud", []string{tokentest.ClientID}))},
		{"unknown claims", token.RFC9068, access(tokentest.Claim("https://x/roles", []any{"a", map[string]any{"b": 1.5e-7, "c": nil}}), tokentest.Claim("org_id", "o"))},
		{"an approval_id of 22 characters", token.RFC9068, access(tokentest.Claim(approvalID, "-_AZaz09-_AZaz09-_AZaz"))},
		{"an approval_id of 64 characters", token.RFC9068, access(tokentest.Claim(approvalID, strings.Repeat("x", 64)))},
		{"a transfer of 512 bytes", token.RFC9068, access(tokentest.Claim(transfer, strings.Repeat("~ ", 256)))},
		{"a sub of 255 bytes", token.RFC9068, access(tokentest.Claim("sub", strings.Repeat("x", 255)))},
		{"a sub beyond ASCII", token.RFC9068, access(tokentest.Claim("sub", "samlp|Übung|名前"))},
		{"expires in a second", token.RFC9068, lived(-3600, 1)},
		{"lives 30 days", token.RFC9068, lived(0, 30*24*3600)},
		{"issued 10 s ahead", token.RFC9068, at("iat", 10)},
		{"nbf 10 s ahead", token.RFC9068, at("nbf", 10)},
		{"nbf now", token.RFC9068, at("nbf", 0)},
		{"white space in the header", token.RFC9068, withHeader(func(h string) string { return " \t\r\n" + strings.ReplaceAll(h, ":", " : ") + "\n" })},
		{"white space in the payload", token.RFC9068, withPayload(func(p string) string { return "\n" + strings.ReplaceAll(p, `,"`, " ,\r\n\t\"") + " " })},
		{"escapes in names and values", token.RFC9068, withPayload(func(p string) string {
			return strings.NewReplacer(`"sub"`, `"s\u0075b"`, `"scope"`, `"\u0073cope"`, `auth0|`, `auth\u0030\u007c`).Replace(p)
		})},
		{"a surrogate pair", token.RFC9068, withPayload(member(`"x":"\ud83d\udd11\u0000\b\f\n\r\t\"\\\/"`))},
		{"numbers of every spelling", token.RFC9068, withPayload(member(`"x":[0,-0,-1,1.5,1e9,1E+9,1e-9,-0.0e0,123456789012345678901234567890]`))},
		{"16 deep", token.RFC9068, withPayload(member(`"x":` + strings.Repeat("[", 15) + strings.Repeat("]", 15)))},
		{"a claim named like one of ours but longer", token.RFC9068, withPayload(member(`"scopes":"x","SUBJECT":"y","ex":1`))},
		{"128 claims", token.RFC9068, withPayload(func(p string) string {
			for i := strings.Count(p, `":`); i < 128; i++ {
				p = member(fmt.Sprintf(`"x%d":1`, i))(p)
			}
			return p
		})},
		{"nearly 8 KiB", token.RFC9068, access(tokentest.Claim("large", strings.Repeat("x", 5000)))},
		{"signed by the next key", token.RFC9068, func(f *forge) string {
			next := f.issuer.Keys()[1]
			header, payload := f.texts(f.issuer.AccessToken(tokentest.Header("kid", next.ID)))
			return tokentest.SignRaw(next.Private, header, payload)
		}},
	}
	f := &forge{t: t, issuer: tokentest.NewIssuer(t)}
	now := time.Unix(1_800_000_000, 0)
	f.issuer.Now = func() time.Time { return now }
	keys := newKeyStore(t, f.issuer, nil)
	for _, c := range controls {
		f.issuer.Dialect = c.dialect
		if _, err := verifierOver(t, f.issuer, c.dialect, keys).Verify(context.Background(), c.make(f)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The controls of the key set cases: a key is taken with and without the members that may be left out, in any company.
func TestEveryValidKeyIsUsed(t *testing.T) {
	key := tokentest.NewKey(t)
	with := func(edit func(jwk map[string]any)) string {
		jwk := tokentest.JWK(key)
		edit(jwk)
		return quote(map[string]any{"keys": []any{nil, 1, []any{}, map[string]any{"kty": "oct", "k": "x", "kid": "hmac"}, jwk, map[string]any{"kid": "bad", "use": "weird"}}})
	}
	for name, set := range map[string]string{
		"plain":             with(func(map[string]any) {}),
		"no use":            with(func(jwk map[string]any) { delete(jwk, "use") }),
		"no alg":            with(func(jwk map[string]any) { delete(jwk, "alg") }),
		"key_ops verify":    with(func(jwk map[string]any) { jwk["key_ops"] = []string{"verify"} }),
		"Auth0's hex x5t":   with(func(jwk map[string]any) { jwk["x5t"] = "NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg" }),
		"x5c and x5u":       with(func(jwk map[string]any) { jwk["x5c"], jwk["x5u"] = []string{"MIIB"}, "http://127.0.0.1:1/" }),
		"an unknown member": with(func(jwk map[string]any) { jwk["issued_at"] = 1.5 }),
	} {
		issuer := tokentest.NewIssuer(t)
		issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(set)) })
		f := &forge{t: t, issuer: issuer}
		header, payload := f.texts(issuer.AccessToken(tokentest.Header("kid", key.ID)))
		if _, err := newVerifier(t, issuer, token.RFC9068).Verify(context.Background(), tokentest.SignRaw(key.Private, header, payload)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysOfUpTo4096BitsAreUsed(t *testing.T) {
	for _, bits := range []int{3072, 4096} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		issuer := tokentest.NewIssuer(t)
		issuer.Publish(tokentest.Key{ID: "large", Private: private})
		if _, err := newVerifier(t, issuer, token.RFC9068).Verify(context.Background(), issuer.AccessToken()); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}
