package dpop_test

import (
	"crypto/elliptic"
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
)

func TestAGoodProofIsAcceptedHoweverItsURIIsSpelled(t *testing.T) {
	w := newWorld(t)
	request := w.request()
	request.Path = "/transfers/a~b%2Fc"
	for _, htu := range []string{
		base + "/transfers/a~b%2Fc", "HTTPS://API.Bank.Example/transfers/a~b%2Fc", base + ":443/transfers/a~b%2Fc",
		base + ":/transfers/a~b%2Fc", base + "/transfers/a%7Eb%2fc", base + "/transfers/%61%7eb%2Fc",
		base + "/transfers/a~b%2Fc?limit=5", base + "/transfers/a~b%2Fc#top",
		"https://abc.execute-api.eu-central-1.amazonaws.com/prod/transfers",
	} {
		if _, err := w.verifier.Verify([]string{w.Proof("GET", htu, token, w.nonce())}, request); err != nil {
			t.Errorf("%s: %v", htu, err)
		}
	}
}

func TestAReservedCharacterAndItsEncodingAreTwoResources(t *testing.T) {
	w := newWorld(t)
	request := w.request()
	for path, htu := range map[string]string{
		"/transfers/a%2Fb": base + "/transfers/a/b", "/transfers/a/b": base + "/transfers/a%2Fb",
		"/transfers/a%252Fb": base + "/transfers/a%2Fb", "/transfers/a;b": base + "/transfers/a%3Bb",
	} {
		request.Path = path
		_, err := w.verifier.Verify([]string{w.Proof("GET", htu, token, w.nonce())}, request)
		if reason(err) != dpop.WrongURI {
			t.Errorf("%s for %s: %v", htu, path, err)
		}
	}
}

func TestABaseWithoutAPathMeansItsRoot(t *testing.T) {
	w := newWorld(t)
	request := w.request()
	request.Path = "/"
	for _, htu := range []string{base, base + "/", base + "?q"} {
		if _, err := w.verifier.Verify([]string{w.Proof("GET", htu, token, w.nonce())}, request); err != nil {
			t.Errorf("%s: %v", htu, err)
		}
	}
}

func TestAStrangersMembersCostNothing(t *testing.T) {
	w := newWorld(t)
	header := swap(w.Header(), `{"typ"`, `{"kid":"k","x5t":"t","typ"`)
	header = swap(header, `"kty"`, `"kid":"k","use":"sig","alg":"ES256","key_ops":["verify"],"ext":true,"kty"`)
	payload := swap(w.payload(), "{", `{"iss":"web","aud":["x"],"sub":1,"htx":null,`)
	if err := w.verify(w.Sign(header, payload)); err != nil {
		t.Error(err)
	}
}

// A person whose clock is wrong can pay.
func TestIatMayBeOffByTheWindow(t *testing.T) {
	w := newWorld(t)
	for _, off := range []time.Duration{-dpop.Window, dpop.Window} {
		iat := strconv.FormatInt(w.now.Add(off).Unix(), 10)
		if err := w.verify(w.Sign(w.Header(), with(w.payload(), "iat", iat))); err != nil {
			t.Errorf("%v: %v", off, err)
		}
	}
}

func TestANonceIsGoodForAMinuteAtLeastAndTwoAtMost(t *testing.T) {
	w := newWorld(t) // at the first second of a step
	proof := w.good()
	w.now = start.Add(2*dpop.NonceStep - time.Second)
	if err := w.verify(proof); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	w.now = start.Add(2 * dpop.NonceStep)
	if err := w.verify(proof); reason(err) != dpop.NonceRefused {
		t.Errorf("at its end: %v", err)
	}
	w.now = start.Add(dpop.NonceStep - time.Second) // at the last second of a step
	nonce := w.nonce()
	w.now = w.now.Add(dpop.NonceStep)
	if err := w.verify(w.Proof("GET", page, token, nonce)); err != nil {
		t.Errorf("after a minute: %v", err)
	}
}

// What a thief can do who reads the token and a proof on their way.
func TestAStolenTokenIsOfNoUseElsewhere(t *testing.T) {
	w := newWorld(t)
	stolen := w.good()
	for name, c := range map[string]struct {
		want   dpop.Reason
		code   string
		proofs []string
		change func(*dpop.Request)
	}{
		"without the key": {want: dpop.Missing, code: "invalid_dpop_proof"},
		"with another key": {
			want: dpop.WrongKey, code: "invalid_token",
			proofs: []string{w.thief.Proof("GET", page, token, w.verifier.Nonce(w.thief.Thumbprint()))},
		},
		"with the key's own jwk and another signature": {
			want: dpop.SignatureMismatch, code: "invalid_dpop_proof",
			proofs: []string{w.thief.Sign(w.Header(), w.payload())},
		},
		"for another route": {
			want: dpop.WrongURI, code: "invalid_dpop_proof", proofs: []string{stolen},
			change: func(r *dpop.Request) { r.Path, r.ContextPath = "/balance", "/prod/balance" },
		},
		"for another transfer's page": {
			want: dpop.WrongURI, code: "invalid_dpop_proof", proofs: []string{stolen},
			change: func(r *dpop.Request) { r.Path, r.ContextPath = "/transfers/t1", "/prod/transfers/t1" },
		},
		"by another method": {
			want: dpop.WrongMethod, code: "invalid_dpop_proof", proofs: []string{stolen},
			change: func(r *dpop.Request) { r.Method = "DELETE" },
		},
		"at another host": {
			want: dpop.WrongURI, code: "invalid_dpop_proof",
			proofs: []string{w.Proof("GET", "https://shop.example/transfers", token, w.nonce())},
		},
		"another token with this proof": {
			want: dpop.WrongToken, code: "invalid_dpop_proof", proofs: []string{stolen},
			change: func(r *dpop.Request) { r.Token = "another.token.of-the-same-key" },
		},
		"two minutes later": {
			want: dpop.NonceRefused, code: "use_dpop_nonce", proofs: []string{stolen},
			change: func(*dpop.Request) { w.now = start.Add(dpop.NonceLife) },
		},
		"a day later": {
			want: dpop.TooOld, code: "invalid_dpop_proof", proofs: []string{stolen},
			change: func(*dpop.Request) { w.now = start.Add(24 * time.Hour) },
		},
	} {
		w.now = start
		request := w.request()
		if c.change != nil {
			c.change(&request)
		}
		_, err := w.verifier.Verify(c.proofs, request)
		if refusal, _ := err.(*dpop.Error); refusal == nil || refusal.Reason != c.want || refusal.Code() != c.code {
			t.Errorf("%s: want %s, got %v", name, c.want, err)
		}
	}
}

func TestAProofsIDIsOneForIssuerKeyAndJTI(t *testing.T) {
	w := newWorld(t)
	id := func(proof string, change func(*dpop.Request)) string {
		t.Helper()
		request := w.request()
		change(&request)
		accepted, err := w.verifier.Verify([]string{proof}, request)
		testkit.Must(t, err)
		return accepted.ID
	}
	same := func(*dpop.Request) {}
	payload := w.payload()
	first := id(w.Sign(w.Header(), payload), same)
	if first != id(w.Sign(w.Header(), payload), same) {
		t.Error("another signature makes another ID")
	}
	if first != id(mirrored(w.Sign(w.Header(), payload)), same) {
		t.Error("the signature's mirror makes another ID")
	}
	if first == id(w.Sign(w.Header(), with(payload, "jti", `"another"`)), same) {
		t.Error("another jti has the same ID")
	}
	if first == id(w.Sign(w.Header(), payload), func(r *dpop.Request) { r.Issuer = "https://old.bank.example/" }) {
		t.Error("another issuer has the same ID")
	}
	if len(first) != 64 || strings.Trim(first, "0123456789abcdef") != "" {
		t.Errorf("%q is no hex SHA-256", first)
	}
}

// mirrored has the other signature that ECDSA has for each: s is its negative.
func mirrored(proof string) string {
	dot := strings.LastIndexByte(proof, '.')
	signature, err := base64.RawURLEncoding.DecodeString(proof[dot+1:])
	if err != nil {
		panic(err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return proof[:dot+1] + base64.RawURLEncoding.EncodeToString(signature)
}

// An issuer binds a token to whatever key it is shown.
func TestATokenBoundToNoPointOfTheCurveIsRefused(t *testing.T) {
	w := newWorld(t)
	x := strings.Split(w.JWK(), `"`)[11]
	request := w.request()
	for _, y := range []string{x, strings.Repeat("A", 43), "_" + strings.Repeat("_", 41) + "8"} {
		jwk := `{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}`
		request.Thumbprint = dpoptest.Hash(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`)
		payload := w.Payload("GET", page, token, w.verifier.Nonce(request.Thumbprint))
		proof := w.Sign(swap(w.Header(), w.JWK(), jwk), payload)
		if _, err := w.verifier.Verify([]string{proof}, request); reason(err) != dpop.KeyRefused {
			t.Errorf("%s: %v", y, err)
		}
	}
}

func TestAWrongConfigurationIsRefused(t *testing.T) {
	for name, c := range map[string]dpop.Config{
		"no secret": {}, "a short secret": {Secret: strings.Repeat("s", 42)},
		"a base without a scheme": {Secret: secret, Bases: []string{"api.bank.example"}},
		"a base with a user":      {Secret: secret, Bases: []string{"https://me@api.bank.example"}},
	} {
		if _, err := dpop.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
