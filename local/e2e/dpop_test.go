package e2e

import (
	"net/http"
	"strings"
	"testing"

	"drawbridge/shared/token/dpop/dpoptest"
)

// bound is a client whose token is bound to its key.
type bound struct {
	*dpoptest.Client
	token string
	nonce string // of the last answer
}

// bind makes the token that the tenant would issue to a client with a key of its own.
func bind(t *testing.T, token string) *bound {
	t.Helper()
	client := dpoptest.New(t)
	cnf := map[string]any{"cnf": map[string]string{"jkt": client.Thumbprint()}, "jti": random()}
	return &bound{Client: client, token: newForger(t, shared).sign(t, like(t, token, cnf))}
}

// proof is one for a request to the API's path without its query.
func (b *bound) proof(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	return b.Proof(method, shared.API+path, b.token, b.nonce)
}

// send sends a request with a proof, and keeps the nonce of the answer.
func (b *bound) send(t *testing.T, method, path, proof string, body any, header ...string) reply {
	t.Helper()
	headers := map[string]string{"Authorization": "DPoP " + b.token, "DPoP": proof}
	for i := 0; i < len(header); i += 2 {
		headers[header[i]] = header[i+1]
	}
	r := shared.call(t, method, shared.API+path, headers, body)
	if nonce := r.header.Get("DPoP-Nonce"); nonce != "" {
		b.nonce = nonce
	}
	return r
}

// acquaint gets the first nonce, as a client does that has none.
func (b *bound) acquaint(t *testing.T) {
	t.Helper()
	r := b.send(t, "GET", "/balance", b.proof("GET", "/balance"), nil)
	wantRefusal(t, r, http.StatusUnauthorized, "use_dpop_nonce")
	challenge := r.header.Get("WWW-Authenticate")
	exposed := r.header.Get("Access-Control-Expose-Headers")
	if !strings.HasPrefix(challenge, `DPoP realm="drawbridge", error="use_dpop_nonce", `) ||
		!strings.HasSuffix(challenge, `algs="ES256", `+shared.metadata()) || b.nonce == "" ||
		!strings.Contains(exposed, "DPoP-Nonce") || !strings.Contains(exposed, "WWW-Authenticate") {
		t.Fatalf("challenge %s, nonce %q, exposed %s", challenge, b.nonce, exposed)
	}
}

func TestABoundTokenReadsAndPaysWithItsProofs(t *testing.T) {
	b := bind(t, shared.stepUp(t, alice))
	b.acquaint(t)
	for _, path := range []string{"/balance", "/transfers?limit=5", "/transfers?idempotency_key=x"} {
		b.nonce = ""
		b.acquaint(t)
		r := b.send(t, "GET", path, b.proof("GET", path), nil)
		if r.status == http.StatusUnauthorized || r.header.Get("DPoP-Nonce") == "" {
			t.Errorf("%s: %d %s, nonce %q", path, r.status, r.body, r.header.Get("DPoP-Nonce"))
		}
	}

	payment, key := payment{alice.account, bob.account, "1.00", "EUR"}, random()
	proof := b.proof("POST", "/transfer")
	first := b.send(t, "POST", "/transfer", proof, payment, "Idempotency-Key", key)
	wantStatus(t, first, http.StatusCreated)
	again := b.send(t, "POST", "/transfer", proof, payment, "Idempotency-Key", key)
	if wantStatus(t, again, http.StatusCreated); string(again.body) != string(first.body) {
		t.Errorf("the same request again: %s, not %s", again.body, first.body)
	}
	replayed := b.send(t, "POST", "/transfer", proof, payment, "Idempotency-Key", random())
	wantRefusal(t, replayed, http.StatusUnauthorized, "invalid_dpop_proof")
	if challenge := replayed.header.Get("X-Amzn-Remapped-Www-Authenticate"); !strings.HasPrefix(challenge, "DPoP ") {
		t.Errorf("challenge %s", challenge)
	}
}

func TestAStolenBoundTokenIsRefused(t *testing.T) {
	b := bind(t, shared.daily(t, alice).AccessToken)
	b.acquaint(t)
	thief, stolen := bind(t, b.token), b.proof("GET", "/balance")
	for name, c := range map[string]struct {
		authorization, proof, path, code string
	}{
		"as a bearer":             {"Bearer " + b.token, "", "/balance", "invalid_token"},
		"as a bearer, with proof": {"Bearer " + b.token, stolen, "/balance", "invalid_token"},
		"without a proof":         {"DPoP " + b.token, "", "/balance", "invalid_dpop_proof"},
		"with another key": {
			"DPoP " + b.token, thief.Proof("GET", shared.API+"/balance", b.token, b.nonce), "/balance", "invalid_token",
		},
		"with its proof for another route": {"DPoP " + b.token, stolen, "/transfers", "invalid_dpop_proof"},
		"with the proof of another host": {
			"DPoP " + b.token, b.Proof("GET", "http://localhost:1/balance", b.token, b.nonce), "/balance", "invalid_dpop_proof",
		},
		"an unbound one by DPoP": {"DPoP " + shared.daily(t, bob).AccessToken, stolen, "/balance", "invalid_token"},
	} {
		header := map[string]string{"Authorization": c.authorization}
		if c.proof != "" {
			header["DPoP"] = c.proof
		}
		r := shared.call(t, "GET", shared.API+c.path, header, nil)
		if wantRefusal(t, r, http.StatusUnauthorized, c.code); !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "DPoP ") {
			t.Errorf("%s: challenge %s", name, r.header.Get("WWW-Authenticate"))
		}
	}
}
