package e2e

import (
	"flag"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestTroubleWithARequestIsNamed(t *testing.T) {
	browser := newBrowser(t, shared)
	stepUp := browser.login(stepUpScope, alice, approves).AccessToken
	with := func(more ...string) map[string]string {
		header := bearer(stepUp)
		header["Idempotency-Key"] = random()
		for i := 0; i < len(more); i += 2 {
			header[more[i]] = more[i+1]
		}
		return header
	}
	rent := payment{alice.account, bob.account, "1.00", "EUR"}
	type trouble struct {
		method, path string
		header       map[string]string
		body         any
		status       int
		code         string
	}
	paid := func(p payment, status int, code string) trouble {
		return trouble{"POST", "/transfer", with(), p, status, code}
	}
	for name, c := range map[string]trouble{
		"malformed JSON": {"POST", "/transfer", with(), `{"from":`, 400, "invalid_request"},
		"a name twice":   {"POST", "/transfer", with(), `{"from":"a","from":"b"}`, 400, "invalid_request"},
		"another content type": {"POST", "/transfer", with("Content-Type", "text/plain"), "from=1", 415,
			"unsupported_media_type"},
		"an oversized body": {"POST", "/transfer", with(), `{"from":"` + strings.Repeat("x", 20_000) + `"}`, 413,
			"payload_too_large"},
		"a megabyte":         {"POST", "/login", nil, strings.Repeat("x", 1<<20), 413, "payload_too_large"},
		"no Idempotency-Key": {"POST", "/transfer", bearer(stepUp), rent, 400, "missing_idempotency_key"},
		"a bad Idempotency-Key": {"POST", "/transfer", with("Idempotency-Key", strings.Repeat("k", 300)), rent, 400,
			"invalid_idempotency_key"},
		"an amount of zero":  paid(payment{alice.account, bob.account, "0.00", "EUR"}, 400, "invalid_request"),
		"too many digits":    paid(payment{alice.account, bob.account, "1.005", "EUR"}, 400, "invalid_request"),
		"more than there is": paid(payment{alice.account, bob.account, "1000000.00", "EUR"}, 422, "insufficient_funds"),
		"another's account":  paid(payment{bob.account, alice.account, "1.00", "EUR"}, 422, "no_such_account"),
		"no such payee":      paid(payment{alice.account, "1999999999-01", "1.00", "EUR"}, 422, "no_such_account"),
		"another currency":   paid(payment{alice.account, "1000000002-02", "1.00", "EUR"}, 422, "currency_mismatch"),
		"payer is payee":     paid(payment{alice.account, alice.account, "1.00", "EUR"}, 422, "same_account"),
		"an unknown route":   {"GET", "/accounts", with(), nil, 403, "no_such_route"},
		"a wrong method":     {"GET", "/transfer", with(), nil, 403, "no_such_route"},
		"a bad cursor": {"GET", "/transfers?next=abc",
			bearer(browser.login(viewBalance, alice, isNotAsked).AccessToken), nil, 400, "invalid_cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			r := shared.call(t, c.method, shared.API+c.path, c.header, c.body)
			wantRefusal(t, r, c.status, c.code)
			if r.header.Get("Content-Type") != "application/problem+json" && c.code != "no_such_route" {
				t.Errorf("content type %q", r.header.Get("Content-Type"))
			}
		})
	}
	wantStatus(t, shared.transfer(t, stepUp, random(), rent), http.StatusCreated) // all those refusals used nothing up
}

func TestABrowserIsAllowedToCallFromTheWebAppsOrigin(t *testing.T) {
	r := shared.call(t, "OPTIONS", shared.API+"/transfer", map[string]string{
		"Origin": shared.Web, "Access-Control-Request-Method": "POST",
		"Access-Control-Request-Headers": "authorization,dpop,idempotency-key",
	}, nil)
	if r.status != http.StatusOK && r.status != http.StatusNoContent {
		t.Errorf("preflight: %d %s", r.status, r.body)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": shared.Web, "Access-Control-Allow-Methods": "GET,POST,DELETE,OPTIONS",
		"Access-Control-Allow-Headers": "Authorization,Content-Type,DPoP,Idempotency-Key",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := shared.balance(t, "nonsense").header.Get("Access-Control-Allow-Origin"); got != shared.Web {
		t.Errorf("a refusal by the gateway allows origin %q", got)
	}
}

var client = flag.String("client", "", "a program built from local/contract/testdata/client; .ci/contract generates it")

func TestAClientGeneratedFromTheDocumentWalksTheFlow(t *testing.T) {
	if *client == "" {
		t.Skip("no -client was given: .ci/contract generates one and runs this test")
	}
	login := shared.call(t, "POST", shared.API+"/login", nil,
		map[string]string{"username": alice.username, "password": alice.bankPassword})
	program := exec.Command(*client)
	program.Env = append(os.Environ(), "API="+shared.API, "FROM="+alice.account, "TO="+bob.account, "KEY="+random(),
		"CODE="+login.member(t, "authorization_code").(string),
		"PAYING="+shared.stepUp(t, alice))
	out, err := program.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "walked") {
		t.Fatalf("%v: %s", err, out)
	}
}
