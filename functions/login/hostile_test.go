package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/token/tokentest"
)

// hostile is an id_token that must open nothing, made around a session_id that is good.
type hostile struct {
	name   string
	raw    func(w *world, sessionID string) string
	reason string // on record; empty where any will do
}

func claim(name string, value any) func(*world, string) string {
	return func(w *world, sessionID string) string { return w.idToken(sessionID, tokentest.Claim(name, value)) }
}

func noClaim(name string) func(*world, string) string {
	return func(w *world, sessionID string) string { return w.idToken(sessionID, tokentest.NoClaim(name)) }
}

func header(name string, value any) func(*world, string) string {
	return func(w *world, sessionID string) string { return w.idToken(sessionID, tokentest.Header(name, value)) }
}

func noHeader(name string) func(*world, string) string {
	return func(w *world, sessionID string) string { return w.idToken(sessionID, tokentest.NoHeader(name)) }
}

// at sets a time, as seconds from now.
func at(name string, seconds int) func(*world, string) string {
	return func(w *world, sessionID string) string {
		return w.idToken(sessionID, tokentest.Claim(name, time.Now().Unix()+int64(seconds)))
	}
}

// altered changes the text of a good token.
func altered(change func(raw string) string) func(*world, string) string {
	return func(w *world, sessionID string) string { return change(w.idToken(sessionID)) }
}

// payload signs a payload that is not what an encoder would write: %s stands for the good one without its braces.
func payload(format string) func(*world, string) string {
	return func(w *world, sessionID string) string {
		inner, _ := json.Marshal(map[string]any{
			"iss": w.issuer.URL, "sub": aliceSub, "aud": webClient, "iat": time.Now().Unix(),
			"exp": time.Now().Unix() + 60, "session_id": sessionID,
		})
		key := w.issuer.Keys()[0]
		return tokentest.SignRaw(key.Private, `{"alg":"RS256","typ":"JWT","kid":"`+key.ID+`"}`,
			fmt.Sprintf(format, strings.Trim(string(inner), "{}")))
	}
}

var hostileTokens = []hostile{
	// Not a token.
	{"an empty string with spaces", func(*world, string) string { return "   " }, "token_wrong_parts"},
	{"one part", func(*world, string) string { return "abc" }, "token_wrong_parts"},
	{"two parts", altered(func(raw string) string { return raw[:strings.LastIndexByte(raw, '.')] }),
		"token_wrong_parts"},
	{"four parts", altered(func(raw string) string { return raw + ".x" }), "token_wrong_parts"},
	{"five parts, as a JWE", altered(func(raw string) string { return raw + ".x.y" }), "token_wrong_parts"},
	{"three empty parts", func(*world, string) string { return ".." }, ""},
	{"an authorization code", func(*world, string) string { return "dbc_" + strings.Repeat("a", 64) },
		"token_wrong_parts"},
	{"the session_id itself", func(_ *world, sessionID string) string { return sessionID }, "token_wrong_parts"},
	{"9 KiB", claim("padding", strings.Repeat("x", 9<<10)), "token_too_large"},
	{"a space in front", altered(func(raw string) string { return " " + raw }), ""},
	{"a line break at the end", altered(func(raw string) string { return raw + "\n" }), ""},
	{"Bearer in front", altered(func(raw string) string { return "Bearer " + raw }), ""},
	{"padded base64", altered(func(raw string) string { return raw + "==" }), ""},
	{"standard base64",
		altered(func(raw string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(raw) + "+" }), ""},

	// The signature.
	{"no signature", altered(func(raw string) string { return raw[:strings.LastIndexByte(raw, '.')+1] }), ""},
	{"a bit of the signature flipped",
		altered(func(raw string) string { return flip(raw, strings.LastIndexByte(raw, '.')+9) }),
		"token_signature_mismatch"},
	{"the claims changed after signing", func(w *world, sessionID string) string {
		return graft(w.idToken(sessionID), w.idToken(sessionID, tokentest.Claim("sub", bobSub)))
	}, "token_signature_mismatch"},
	{"the signature of another token", func(w *world, sessionID string) string {
		return graft(w.issuer.IDToken(), w.idToken(sessionID))
	}, "token_signature_mismatch"},
	{"signed with a key that nobody publishes", func(w *world, sessionID string) string {
		return resign(w, sessionID, w.issuer.Keys()[0].ID, false)
	}, "token_signature_mismatch"},
	{"signed with an unknown key of an unknown kid", func(w *world, sessionID string) string {
		return resign(w, sessionID, "another", false)
	}, "token_key_unknown"},
	{"signed with the next key under the current kid", func(w *world, sessionID string) string {
		return resign(w, sessionID, w.issuer.Keys()[0].ID, true)
	}, "token_signature_mismatch"},

	// The header.
	{"alg none", unsigned("none"), "token_algorithm_refused"},
	{"alg None", unsigned("None"), "token_algorithm_refused"},
	{"HS256 with the public key as secret", hs256, "token_algorithm_refused"},
	{"alg RS512", header("alg", "RS512"), "token_algorithm_refused"},
	{"alg PS256", header("alg", "PS256"), "token_algorithm_refused"},
	{"alg ES256", header("alg", "ES256"), "token_algorithm_refused"},
	{"alg rs256", header("alg", "rs256"), "token_algorithm_refused"},
	{"alg is a list", header("alg", []string{"RS256"}), "token_header_wrong_type"},
	{"no alg", noHeader("alg"), "token_algorithm_refused"},
	{"typ of an access token", header("typ", "at+jwt"), "token_wrong_token_type"},
	{"typ of a logout token", header("typ", "logout+jwt"), "token_wrong_token_type"},
	{"no typ", noHeader("typ"), "token_wrong_token_type"},
	{"no kid", noHeader("kid"), "token_key_id_missing"},
	{"kid is a path", header("kid", "../../dev/null"), "token_key_unknown"},
	{"kid is empty", header("kid", ""), "token_key_id_malformed"},
	{"kid is a number", header("kid", 1), "token_header_wrong_type"},
	{"a key of its own in jwk", header("jwk", map[string]any{"kty": "RSA"}), "token_header_embeds_key"},
	{"a key set of its own in jku", header("jku", "https://evil.example/jwks.json"), "token_header_embeds_key"},
	{"certificates of its own in x5c", header("x5c", []string{"MIIB"}), "token_header_embeds_key"},
	{"crit", header("crit", []string{"exp"}), "token_header_critical"},
	{"b64 false", header("b64", false), ""},
	{"zip", header("zip", "DEF"), "token_header_transforms"},

	// Whose token it is.
	{"another issuer", claim("iss", "https://evil.example/"), "token_wrong_issuer"},
	{"the issuer without its slash", func(w *world, sessionID string) string {
		return w.idToken(sessionID, tokentest.Claim("iss", strings.TrimSuffix(w.issuer.URL, "/")))
	}, "token_wrong_issuer"},
	{"no issuer", noClaim("iss"), "token_claim_missing"},
	{"another client's", claim("aud", "another-client"), "token_wrong_audience"},
	{"the API as audience", claim("aud", tokentest.Audience), "token_wrong_audience"},
	{"ours and another audience", claim("aud", []string{webClient, "another-client"}), "token_wrong_audience"},
	{"no audience in the list", claim("aud", []string{}), ""},
	{"no audience", noClaim("aud"), "token_claim_missing"},
	{"azp of another client", claim("azp", "another-client"), "token_wrong_party"},
	{"azp of ours that is not the audience", claim("azp", mobileClient), "azp_not_in_aud"},
	{"two of ours and no azp", claim("aud", []string{webClient, mobileClient}), "token_wrong_party"},
	{"no sub", noClaim("sub"), "token_claim_missing"},
	{"an empty sub", claim("sub", ""), ""},
	{"sub is a number", claim("sub", 1), "token_claim_wrong_type"},
	{"a sub of 5 kB", claim("sub", "auth0|"+strings.Repeat("x", 5000)), ""},
	{"bob's sub with alice's session_id", claim("sub", bobSub), "session_id_of_another_user"},
	{"a sub in another case", claim("sub", strings.ToUpper(aliceSub)), "unknown_identity"},
	{"a sub with a space behind", claim("sub", aliceSub+" "), "token_claim_out_of_bounds"},
	{"nobody's sub", claim("sub", "auth0|nobody"), "unknown_identity"},
	{"a machine's sub", claim("sub", webClient+"@clients"), "unknown_identity"},
	{"the other client's id with the web app's session_id", claim("aud", mobileClient), "session_id_of_another_client"},

	// What kind it is.
	{"an access token", func(w *world, _ string) string { return w.issuer.AccessToken() }, "token_wrong_token_type"},
	{"an access token that also has a session_id", func(w *world, sessionID string) string {
		return w.issuer.AccessToken(tokentest.Claim("session_id", sessionID), tokentest.Claim("aud", webClient),
			tokentest.Header("typ", "JWT"))
	}, "token_wrong_kind"},
	{"an id_token with a scope", claim("scope", "view:balance"), "token_wrong_kind"},
	{"a token bound to a key of its sender", claim("cnf", map[string]string{"jkt": "x"}), "token_sender_constrained"},

	// When.
	{"issued 31 s ago", at("iat", -31), "token_too_old"},
	{"issued an hour ago", at("iat", -3600), ""},
	{"issued in a minute", at("iat", 60), "token_issued_in_future"},
	{"no iat", noClaim("iat"), "token_claim_missing"},
	{"iat is text", claim("iat", "now"), "token_claim_wrong_type"},
	{"iat is a fraction", claim("iat", 1.5e9+0.5), "token_claim_wrong_type"},
	{"expired", at("exp", -1), ""},
	{"no exp", noClaim("exp"), "token_claim_missing"},
	{"exp is beyond all years", claim("exp", 1e15), ""},
	{"exp is negative", claim("exp", -1), ""},
	{"not yet valid", at("nbf", 60), "token_not_yet_valid"},

	// The session_id.
	{"no session_id", noClaim("session_id"), "no_session_id"},
	{"an empty session_id", claim("session_id", ""), ""},
	{"session_id is a list", func(w *world, sessionID string) string {
		return w.idToken(sessionID, tokentest.Claim("session_id", []string{sessionID}))
	}, "token_claim_wrong_type"},
	{"a session_id of nobody", claim("session_id", strings.Repeat("A", 43)), "session_id_unknown_or_used"},
	{"the session_id's hash", func(w *world, sessionID string) string {
		sum := sha256.Sum256([]byte(sessionID))
		return w.idToken(base64.RawURLEncoding.EncodeToString(sum[:]))
	}, "session_id_unknown_or_used"},
	{"the session_id padded", func(w *world, sessionID string) string { return w.idToken(sessionID + "=") },
		"session_id_malformed"},
	{"the session_id with a line break", func(w *world, sessionID string) string {
		return w.idToken(sessionID, tokentest.Claim("session_id", sessionID+"\n"))
	}, ""},
	{"the session_id in capitals",
		func(w *world, sessionID string) string { return w.idToken(strings.ToUpper(sessionID)) }, ""},

	// The JSON.
	{"session_id twice", payload(`{%s,"session_id":"x"}`), "token_claims_name_repeated"},
	{"sub twice", payload(`{%s,"sub":"` + bobSub + `"}`), "token_claims_name_repeated"},
	{"Sub beside sub", payload(`{%s,"Sub":"` + bobSub + `"}`), "token_claims_name_variant"},
	{"something after the object", payload(`{%s}{}`), "token_claims_malformed"},
	{"a list of claims", payload(`[{%s}]`), "token_claims_malformed"},
	{"depth", payload(`{%s,"x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`),
		"token_claims_too_complex"},
	{"claims that are not UTF-8", payload("{%s,\"x\":\"\xff\"}"), "token_claims_malformed"},
	{"no claims at all", payload(`{}%.0s`), "token_claim_missing"},
}

func flip(raw string, i int) string {
	c := byte('A')
	if raw[i] == c {
		c = 'B'
	}
	return raw[:i] + string(c) + raw[i+1:]
}

// graft puts the signature of one token under the claims of another.
func graft(signature, claims string) string {
	return claims[:strings.LastIndexByte(claims, '.')] + signature[strings.LastIndexByte(signature, '.'):]
}

// resign signs with the issuer's next key, or with one that it has already withdrawn from all sets.
func resign(w *world, sessionID, kid string, next bool) string {
	raw := w.idToken(sessionID, tokentest.Header("kid", kid))
	key := strangersKey
	if next {
		key = w.issuer.Keys()[1]
	}
	signed := raw[:strings.LastIndexByte(raw, '.')]
	return signed + "." + tokentest.SignatureOver(key.Private, signed)
}

var strangersKey tokentest.Key // made by the test, which alone has a testing.TB

func unsigned(alg string) func(*world, string) string {
	return func(w *world, sessionID string) string {
		raw := w.idToken(sessionID, tokentest.Header("alg", alg))
		return raw[:strings.LastIndexByte(raw, '.')+1]
	}
}

func hs256(w *world, sessionID string) string {
	public, _ := x509.MarshalPKIXPublicKey(&w.issuer.Keys()[0].Private.PublicKey)
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	raw := w.idToken(sessionID, tokentest.Header("alg", "HS256"))
	signed := raw[:strings.LastIndexByte(raw, '.')]
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Each token is made around a session_id that is good for alice at the web app. After the refusal a good token with the
// same session_id is let in: so the refusal had its own cause, and it used nothing up.
func TestNoHostileTokenOpensAnything(t *testing.T) {
	w := newWorld(t)
	strangersKey = tokentest.NewKey(t)
	for _, c := range hostileTokens {
		t.Run(c.name, func(t *testing.T) {
			sessionID := w.nonce(t, aliceSub, webClient)
			answer := w.post(t, byIDToken(c.raw(w, sessionID)))
			answer.Want(t, 403, "login_failed")
			if got := w.log.Last(t)["reason"]; c.reason != "" && got != c.reason {
				t.Errorf("refused for %v, want %s", got, c.reason)
			}
			w.post(t, byIDToken(w.idToken(sessionID))).Want(t, 200, "")
		})
	}
	if len(hostileTokens) < 80 {
		t.Errorf("only %d tokens were tried", len(hostileTokens))
	}
}

func TestNoHostileBodyOpensAnything(t *testing.T) {
	w := newWorld(t)
	good := `"username":"alice","password":"` + alicePassword + `"`
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"nothing in it":          {`{}`, 400, "invalid_request"},
		"a username alone":       {`{"username":"alice"}`, 400, "invalid_request"},
		"a password alone":       {`{"password":"` + alicePassword + `"}`, 400, "invalid_request"},
		"an empty password":      {`{"username":"alice","password":""}`, 400, "invalid_request"},
		"an empty id_token":      {`{"id_token":""}`, 400, "invalid_request"},
		"both forms":             {`{` + good + `,"id_token":"a.b.c"}`, 400, "invalid_request"},
		"a half and an id_token": {`{"username":"alice","id_token":"a.b.c"}`, 400, "invalid_request"},
		"a list":                 {`[{` + good + `}]`, 400, "invalid_request"},
		"text":                   {`"alice"`, 400, "invalid_request"},
		"null":                   {`null`, 400, "invalid_request"},
		"cut off":                {`{` + good, 400, "invalid_request"},
		"a form":                 {`username=alice&password=` + alicePassword, 400, "invalid_request"},
		"twice in one body":      {`{` + good + `}{` + good + `}`, 400, "invalid_request"},
		"a name twice":           {`{"username":"bob",` + good + `}`, 400, "invalid_request"},
		"a name in another case": {`{"Username":"alice","password":"` + alicePassword + `"}`, 400,
			"invalid_request"},
		"a member too many": {`{` + good + `,"customer_id":"1000000002"}`, 400, "invalid_request"},
		"a list for the username": {`{"username":["alice"],"password":"` + alicePassword + `"}`, 400,
			"invalid_request"},
		"an object for the password": {`{"username":"alice","password":{"$ne":""}}`, 400, "invalid_request"},
		"true for the password":      {`{"username":"alice","password":true}`, 400, "invalid_request"},
		"null for the password":      {`{"username":"alice","password":null}`, 400, "invalid_request"},
		"a number for the id_token":  {`{"id_token":1}`, 400, "invalid_request"},
		// JSON cannot carry the byte: the event's encoder replaced it
		"not UTF-8": {"{\"username\":\"al\xffice\",\"password\":\"x\"}", 403, "login_failed"},
		"20 KiB": {`{"username":"alice","password":"` + strings.Repeat("x", 20<<10) + `"}`, 413,
			"payload_too_large"},
		"a password of 10 KiB": {`{"username":"alice","password":"` + strings.Repeat("x", 10<<10) + `"}`, 403,
			"login_failed"},
		"the password and more": {`{"username":"alice","password":"` + alicePassword + ` "}`, 403,
			"login_failed"},
		"the password cut by a NUL": {`{"username":"alice","password":"` + alicePassword + `\u0000"}`, 403,
			"login_failed"},
		"the password in capitals": {`{"username":"alice","password":"` + strings.ToUpper(alicePassword) + `"}`,
			403, "login_failed"},
		"a username with a space": {`{"username":"alice ","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
		"a username with a NUL": {`{"username":"alice\u0000","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
		"a Cyrillic username": {`{"username":"аlice","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
		"the key of a customer": {`{"username":"customer#1000000001","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
		"an expression": {`{"username":"' OR '1'='1","password":"' OR '1'='1"}`, 403, "login_failed"},
		"a code as the password": {`{"username":"alice","password":"dbc_` + strings.Repeat("a", 64) + `"}`, 403,
			"login_failed"},
		"a lone surrogate": {`{"username":"alice\ud800","password":"` + alicePassword + `"}`, 400,
			"invalid_request"},
		"a right-to-left override": {`{"username":"\u202ealice","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
		"a zero-width username letter": {`{"username":"al\u200bice","password":"` + alicePassword + `"}`, 403,
			"login_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			w.send(t, c.body, home).Want(t, c.status, c.code)
			w.send(t, `{`+good+`}`, home).Want(t, 200, "") // the row of failures begins anew
		})
	}
}
