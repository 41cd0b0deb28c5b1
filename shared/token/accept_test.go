package token_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
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
		{"an unknown header parameter", token.RFC9068, access(tokentest.Header("x5t", "abc"),
			tokentest.Header("x5t#S256", "abc"))},
		{"aud as a string", token.RFC9068, access(tokentest.Claim("aud", tokentest.Audience))},
		{"aud last of 16", token.RFC9068, access(tokentest.Claim("aud",
			append(strings.Split(strings.Repeat("x,", 15), ",")[:15], tokentest.Audience)))},
		{"no scope", token.RFC9068, access(tokentest.NoClaim("scope"))},
		{"an empty scope", token.RFC9068, access(tokentest.Claim("scope", ""))},
		{"auth0 with permissions alone", token.Auth0, access(tokentest.NoClaim("scope"),
			tokentest.Claim("permissions", []string{}))},
		{"a machine's, rfc9068", token.RFC9068, access(tokentest.Machine("bridge", "create:session"))},
		{"a machine's without scope, auth0", token.Auth0,
			access(tokentest.Machine("bridge", "x"), tokentest.NoClaim("scope"))},
		{"an id_token without nonce", token.IDToken, id(tokentest.NoClaim("nonce"))},
		{"an id_token with azp", token.IDToken, id(tokentest.Claim("azp", tokentest.ClientID))},
		{"an id_token with aud as a list", token.IDToken, id(tokentest.Claim("aud", []string{tokentest.ClientID}))},
		{"unknown claims", token.RFC9068, access(tokentest.Claim("https://x/roles",
			[]any{"a", map[string]any{"b": 1.5e-7, "c": nil}}), tokentest.Claim("org_id", "o"))},
		{"an approval_id of 22 characters", token.RFC9068,
			access(tokentest.Claim(approvalID, "-_AZaz09-_AZaz09-_AZaz"))},
		{"an approval_id of 64 characters", token.RFC9068,
			access(tokentest.Claim(approvalID, strings.Repeat("x", 64)))},
		{"a transfer of 512 bytes", token.RFC9068, access(tokentest.Claim(transfer, strings.Repeat("~ ", 256)))},
		{"a sub of 255 bytes", token.RFC9068, access(tokentest.Claim("sub", strings.Repeat("x", 255)))},
		{"a sub beyond ASCII", token.RFC9068, access(tokentest.Claim("sub", "samlp|Übung|名前"))},
		{"expires in a second", token.RFC9068, lived(-3600, 1)},
		{"lives 30 days", token.RFC9068, lived(0, 30*24*3600)},
		{"issued 10 s ahead", token.RFC9068, at("iat", 10)},
		{"nbf 10 s ahead", token.RFC9068, at("nbf", 10)},
		{"nbf now", token.RFC9068, at("nbf", 0)},
		{"white space in the header", token.RFC9068, withHeader(func(h string) string {
			return " \t\r\n" +
				strings.ReplaceAll(h, ":", " : ") + "\n"
		})},
		{"white space in the payload", token.RFC9068, withPayload(func(p string) string {
			return "\n" +
				strings.ReplaceAll(p, `,"`, " ,\r\n\t\"") + " "
		})},
		{"escapes in names and values", token.RFC9068, withPayload(func(p string) string {
			return strings.NewReplacer(`"sub"`, `"s\u0075b"`, `"scope"`, `"\u0073cope"`, `auth0|`,
				`auth\u0030\u007c`).Replace(p)
		})},
		{"a surrogate pair", token.RFC9068, withPayload(member(`"x":"\ud83d\udd11\u0000\b\f\n\r\t\"\\\/"`))},
		{"numbers of every spelling", token.RFC9068,
			withPayload(member(`"x":[0,-0,-1,1.5,1e9,1E+9,1e-9,-0.0e0,123456789012345678901234567890]`))},
		{"16 deep", token.RFC9068, withPayload(member(`"x":` + strings.Repeat("[", 15) + strings.Repeat("]", 15)))},
		{"a claim named like one of ours but longer", token.RFC9068,
			withPayload(member(`"scopes":"x","SUBJECT":"y","ex":1`))},
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

func TestAuthorizationDetailsAreGivenAsTheyStandInTheToken(t *testing.T) {
	f := &forge{t: t, issuer: tokentest.NewIssuer(t)}
	verifier := verifierOver(t, f.issuer, token.RFC9068, newKeyStore(t, f.issuer, nil))
	f.issuer.Now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	for _, details := range []string{"", `[]`, `[ {"type":"a","x":1e0 },"b", {"type":"\u0061"}]`,
		`["` + strings.Repeat("x", 5<<10-len(`[""]`)) + `"]`} {
		edit := func(payload string) string { return payload }
		if details != "" {
			edit = member(`"authorization_details":` + details)
		}
		claims, err := verifier.Verify(t.Context(), withPayload(edit)(f))
		if err != nil || claims.AuthorizationDetails != details {
			t.Errorf("%.40s became %.40v, %v", details, claims, err)
		}
	}
}

// The controls of the key set cases: a key is taken with and without the members that may be left out, in any company.
func TestEveryValidKeyIsUsed(t *testing.T) {
	key, other := tokentest.NewKey(t), tokentest.NewKey(t)
	jwk, stranger := tokentest.JWK(key), tokentest.JWK(other)
	without := func(name string) map[string]any {
		changed := maps.Clone(jwk)
		delete(changed, name)
		return changed
	}
	set := func(list ...any) string { return quote(map[string]any{"keys": list}) }
	// beside is a set with an odd key before ours.
	beside := func(odd string) string { return `{"keys":[` + odd + `,` + quote(jwk) + `]}` }
	odd := func(members string) string { return beside(member(members)(quote(stranger))) }
	own := func(members string) string { return `{"keys":[` + member(members)(quote(jwk)) + `]}` }
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	n, _ := base64.RawURLEncoding.DecodeString(jwk["n"].(string))
	issuer := tokentest.NewIssuer(t)
	f := &forge{t: t, issuer: issuer}
	header, payload := f.texts(issuer.AccessToken(tokentest.Header("kid", key.ID)))

	for name, set := range map[string]string{
		"in odd company": set(nil, 1, []any{}, map[string]any{"kty": "oct", "k": "x", "kid": "hmac"}, jwk,
			map[string]any{"kid": "bad", "use": "weird"}),
		"no use":             set(without("use")),
		"no alg":             set(without("alg")),
		"key_ops verify":     set(with(jwk, "key_ops", []string{"verify"})),
		"Auth0's hex x5t":    set(with(jwk, "x5t", "NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg")),
		"x5c and x5u":        set(with(with(jwk, "x5c", []string{"MIIB"}), "x5u", "http://127.0.0.1:1/")),
		"n with a zero":      set(with(jwk, "n", base64.RawURLEncoding.EncodeToString(append([]byte{0}, n...)))),
		"d is null":          set(with(jwk, "d", nil)),
		"an unknown member":  own(`"issued_at":1.5`),
		"ext and EXT":        own(`"ext":true,"EXT":true`),
		"ext twice":          own(`"ext":true,"ext":false`),
		"N, E, KID and D":    own(`"N":"AQAB","E":"AQ","KID":"x","D":"AQAB"`),
		"its own half pair":  own(`"name":"\ud83d"`),
		"200 members":        own(strings.Join(numbered(200), ",")),
		"a member 2000 deep": own(`"x":` + deep),

		"the entry twice":              set(jwk, jwk),
		"thrice, with and without use": set(jwk, without("use"), without("alg")),
		"its use:enc twin": set(with(tokentest.JWK(tokentest.Key{ID: key.ID, Private: other.Private}),
			"use", "enc"), jwk),
		"itself with use:enc":          set(with(jwk, "use", "enc"), jwk),
		"its RS512 twin":               set(jwk, with(jwk, "alg", "RS512")),
		"another RS512 key of its kid": set(with(with(stranger, "kid", key.ID), "alg", "RS512"), jwk),
		"an EC key of its kid (RFC 7517)": set(map[string]any{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA",
			"kid": key.ID}, jwk),
		"an oct key of its kid":           set(map[string]any{"kty": "oct", "k": "AQAB", "kid": key.ID}, jwk),
		"a bad key of its kid":            set(jwk, map[string]any{"kid": key.ID}),
		"a weak key of its kid":           set(with(with(stranger, "kid", key.ID), "e", "Aw"), jwk),
		"another key of its kid, exposed": set(with(with(stranger, "kid", key.ID), "d", "AQAB"), jwk),
		"300 keys of other types": set(append(slices.Repeat([]any{map[string]any{"kty": "EC", "kid": "x"}},
			300), jwk)...),

		"a key with ext and EXT":          odd(`"ext":1,"EXT":2`),
		"a key with n twice":              odd(`"n":"AQAB"`),
		"a key with kid twice":            odd(`"kid":"x"`),
		"a key with KID and kid":          odd(`"KID":"x"`),
		"a key with half a pair":          odd(`"name":"\ud83d"`),
		"a key with half a pair as kid":   beside(`{"kty":"RSA","kid":"\ud83d"}`),
		"a key with a half pair's name":   odd(`"\ud83d":1`),
		"a key with 200 members":          odd(strings.Join(numbered(200), ",")),
		"a key with a member 2000 deep":   odd(`"x":` + deep),
		"a key of a kid of 300 bytes":     beside(quote(with(stranger, "kid", strings.Repeat("x", 300)))),
		"a key that is a list 2000 deep":  beside(deep),
		"an unknown member of the set":    member(`"note":"x","NOTE":"y","note":"z"`)(set(jwk)),
		"KEYS, and keys":                  `{"KEYS":[],"keys":[` + quote(jwk) + `]}`,
		"a member of the set, 2000 deep":  member(`"x":` + deep)(set(jwk)),
		"a half pair in the set's member": member(`"x":"\udc00"`)(set(jwk)),
	} {
		issuer.Answer(body(set))
		if _, err := newVerifier(t, issuer, token.RFC9068).Verify(context.Background(),
			tokentest.SignRaw(key.Private, header, payload)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// numbered are n members of different names.
func numbered(n int) []string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"x%d":1`, i)
	}
	return members
}

func TestKeysOfUpTo4096BitsAreUsed(t *testing.T) {
	for _, bits := range []int{3072, 4096} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		testkit.Must(t, err)
		issuer := tokentest.NewIssuer(t)
		issuer.Publish(tokentest.Key{ID: "large", Private: private})
		if _, err := newVerifier(t, issuer, token.RFC9068).Verify(context.Background(),
			issuer.AccessToken()); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}
