package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"drawbridge/shared/testkit"
)

// operate gives the admin function a command, as an AWS SDK does, and returns its answer.
func (s *system) operate(t *testing.T, command map[string]any) reply {
	t.Helper()
	command["operator"] = "carol"
	return s.invoke(t, "AdminFunction", command)
}

// done is operate for a command that must be carried out.
func (s *system) done(t *testing.T, command map[string]any) {
	t.Helper()
	if r := s.operate(t, command); r.member(t, "outcome") != "done" {
		t.Fatal(r.body)
	}
}

func TestAnOperatorsCustomerLogsInAndSeesTheirMoneyUntilDisabled(t *testing.T) {
	const id, account = "1000000777", "1000000777-01"
	shared.done(t, map[string]any{"command": "create_customer", "customer_id": id, "name": "Dora Dahl"})
	shared.done(t, map[string]any{
		"command": "set_password", "customer_id": id, "username": "dora", "password": "dora-at-the-bank",
	})
	shared.done(t, map[string]any{"command": "open_account", "account_id": account, "currency": "EUR"})
	shared.done(t, map[string]any{
		"command": "deposit", "account_id": account, "amount": "12.50", "currency": "EUR", "operation_id": "wages",
	})

	login := map[string]string{"username": "dora", "password": "dora-at-the-bank"}
	code, _ := shared.post(t, "/login", login).member(t, "authorization_code").(string)
	if got := shared.balances(t, code); got[account] != "12.50" {
		t.Errorf("%v", got)
	}
	shared.done(t, map[string]any{"command": "disable_customer", "customer_id": id})
	wantStatus(t, shared.balance(t, code), http.StatusUnauthorized)
	wantRefusal(t, shared.post(t, "/login", login), http.StatusForbidden, "login_failed")
}

func TestAnUnlinkedIdentityLogsInNoMoreUntilTheOperatorLinksIt(t *testing.T) {
	byAuth0 := func() reply { return shared.trade(t, shared.daily(t, bob).IDToken) }
	before := byAuth0()
	wantStatus(t, before, http.StatusOK)
	code, _ := before.member(t, "authorization_code").(string)
	of := func(command string) map[string]any {
		return map[string]any{"command": command, "customer_id": "1000000002", "sub": "auth0|66f0a1c0de00000000000002"}
	}
	shared.done(t, of("unlink_identity"))
	defer func() { wantStatus(t, byAuth0(), http.StatusOK) }()
	defer shared.done(t, of("link_identity"))

	wantRefusal(t, byAuth0(), http.StatusForbidden, "login_failed")
	wantStatus(t, shared.balance(t, shared.directLogin(t, bob)), http.StatusOK) // by password they are who they were
	wantStatus(t, shared.balance(t, code), http.StatusOK)                       // a session lives on, as the answer says
	shared.done(t, map[string]any{"command": "revoke_sessions", "customer_id": "1000000002"})
	wantStatus(t, shared.balance(t, code), http.StatusUnauthorized)
}

func TestAFrozenAccountIsNotPaidUntilTheOperatorUnfreezesIt(t *testing.T) {
	token := shared.stepUp(t, alice)
	rent := payment{alice.account, bob.account, "1.00", "EUR"}
	shared.done(t, map[string]any{"command": "freeze_account", "account_id": bob.account})
	wantRefusal(t, shared.transfer(t, token, random(), rent), http.StatusUnprocessableEntity, "account_frozen")
	shared.done(t, map[string]any{"command": "unfreeze_account", "account_id": bob.account})
	wantStatus(t, shared.transfer(t, token, random(), rent), http.StatusCreated)
}

func TestNobodyElseReachesTheAdminFunction(t *testing.T) {
	token := shared.daily(t, alice).AccessToken
	for _, path := range []string{"/admin", "/2015-03-31/functions/AdminFunction/invocations"} {
		r := shared.call(t, "POST", shared.API+path, bearer(token),
			`{"command":"show_customer","operator":"alice","customer_id":"1000000002"}`)
		if r.status != http.StatusForbidden || strings.Contains(r.body, "Baker") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

// invoke gives a function an event as an operator does, over Lambda's Invoke API, and returns what it answered.
func (s *system) invoke(t *testing.T, function string, event any) reply {
	t.Helper()
	address := s.API + "/2015-03-31/functions/" + function + "/invocations"
	request, err := http.NewRequest(http.MethodPost, address, nil)
	testkit.Must(t, err)
	key := aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}
	testkit.Must(t, v4.NewSigner().SignHTTP(t.Context(), key, request, "UNSIGNED-PAYLOAD", "lambda", "eu-central-1",
		time.Now()))
	header := map[string]string{
		"X-Amz-Date": request.Header.Get("X-Amz-Date"), "Authorization": request.Header.Get("Authorization"),
	}
	r := s.call(t, "POST", address, header, event)
	if r.status != http.StatusOK || r.header.Get("X-Amz-Function-Error") != "" {
		t.Fatalf("%s: %d %s", function, r.status, r.body)
	}
	return r
}
