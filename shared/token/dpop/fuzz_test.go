package dpop_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
)

// FuzzProof shows a verifier any header and payload, signed by the key that the token is bound to, with a tail after
// the signature. What is refused is so for a reason of the list; what is accepted says, as encoding/json reads it, what
// a good proof says.
//
//	go test ./shared/token/dpop -run '^$' -fuzz FuzzProof -fuzztime 10m
func FuzzProof(f *testing.F) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	testkit.Must(f, err)
	client := &dpoptest.Client{Key: key, Now: func() time.Time { return start }}
	verifier, err := dpop.New(dpop.Config{Secret: secret, Bases: []string{base}, Now: client.Now})
	testkit.Must(f, err)
	w := &world{Client: client, verifier: verifier, now: start}
	good := w.payload()
	f.Add(w.Header(), good, "")
	f.Add(w.Header(), with(good, "htu", `"HTTPS://API.bank.example:443/%74ransfers?x#y"`), "")
	f.Add(`{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","d":"A"}}`, with(good, "exp", "1"), ".")
	f.Add("", "{}", "AA")
	f.Fuzz(func(t *testing.T, header, payload, tail string) {
		err := w.verify(client.Sign(header, payload) + tail)
		var refusal *dpop.Error
		switch {
		case errors.As(err, &refusal):
			if !slices.Contains(dpop.Reasons(), refusal.Reason) {
				t.Fatalf("%v", err)
			}
		case err != nil:
			t.Fatalf("%v", err)
		default:
			wantGood(t, w, header, payload, tail)
		}
	})
}

func wantGood(t *testing.T, w *world, header, payload, tail string) {
	t.Helper()
	var h struct {
		Typ, Alg string
		JWK      map[string]any
	}
	var p struct {
		JTI, HTM, HTU, ATH, Nonce string
		Iat                       int64
	}
	testkit.Must(t, errors.Join(json.Unmarshal([]byte(header), &h), json.Unmarshal([]byte(payload), &p)))
	if h.Typ != "dpop+jwt" || h.Alg != "ES256" || h.JWK["d"] != nil || h.JWK["crv"] != "P-256" || tail != "" {
		t.Fatalf("accepted %s, tail %q", header, tail)
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(p.HTU), "https://"), "/")
	ours := strings.TrimSuffix(strings.TrimSuffix(host, "443"), ":") == "api.bank.example"
	if p.JTI == "" || p.HTM != "GET" || !ours ||
		p.ATH != dpoptest.Hash(token) || p.Nonce != w.nonce() || start.Sub(time.Unix(p.Iat, 0)).Abs() > dpop.Window {
		t.Fatalf("accepted %s", payload)
	}
}
