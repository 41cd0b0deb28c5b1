package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

const rent = `{"from":"1000000001-01","to":"1000000002-01","amount":"250.00","currency":"EUR"}`

// branch is a bank with POST /transfer in front of it; auth0|alice is customer 1000000001, who has 2500.00 EUR.
type branch struct {
	*banktest.Fixture
	handler *handler
	log     *testkit.Log
}

const secret = "a-secret-of-the-tests-with-43-characters-at-least"

func open(t *testing.T) branch {
	t.Helper()
	f := banktest.New(t)
	f.Now = time.Now()
	f.Account(t, "1000000001-01", "EUR", 2500_00)
	f.Account(t, "1000000002-01", "EUR", 0)
	config := f.Config
	config.Answer = answer
	signer, err := approval.NewSigner(secret)
	testkit.Must(t, err)
	log := new(testkit.Log)
	return branch{f, &handler{
		customers: customertest.On(t, f.DB, map[string]identity.Person{"1000000001": "auth0|alice"}),
		bank:      bank.New(config), signer: signer, binding: approval.Optional, maxAge: 5 * time.Minute,
		log: log.Logger(), now: time.Now,
	}, log}
}

// approved is alice with a fresh approval for no transfer in particular.
func approved(id string) access.Principal {
	p := resttest.User("auth0|alice", access.ScopeTransferFunds)
	p.TokenID, p.ApprovalID, p.MFAAt = "token-"+id, id, time.Now().Add(-time.Minute)
	return p
}

func (b branch) post(t *testing.T, p access.Principal, key, body string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, b.handler.route(), resttest.Call{
		Method: "POST", Path: "/transfer", Principal: p, Body: body, Header: map[string]string{"Idempotency-Key": key},
	})
}

func TestATransferIsBookedAndItsRepetitionAnswersTheSameBytes(t *testing.T) {
	b := open(t)
	first := b.post(t, approved("t1"), "k1", rent)
	first.Want(t, 201, "")
	id := fmt.Sprint(first.Member(t, "transfer_id"))
	if len(id) != 29 || !strings.HasPrefix(id, "tr_") || first.Member(t, "amount") != "250.00" {
		t.Errorf("body %s", first.Body)
	}
	again := b.post(t, approved("t1"), `"k1"`, rent)
	if again.Status != 201 || again.Body != first.Body {
		t.Errorf("first %s\nthen  %d %s", first.Body, again.Status, again.Body)
	}
	if got := b.Balance(t, "1000000001-01"); got != 2250_00 {
		t.Errorf("the payer has %d", got)
	}
}

func TestEachOutcomeIsOnRecordWithWhoAndByWhichTokenAndApproval(t *testing.T) {
	b := open(t)
	b.post(t, approved("t1"), "k1", strings.Replace(rent, "250.00", "2500.01", 1)).Want(t, 422, "insufficient_funds")
	made := b.post(t, approved("t1"), "k2", rent)
	b.post(t, approved("t1"), "k2", rent).Want(t, 201, "")
	b.post(t, approved("t1"), "k3", rent).Want(t, 401, "insufficient_user_authentication") // no outcome
	id := made.Member(t, "transfer_id")
	lines := b.log.Lines(t)
	for i, want := range []map[string]any{
		{"event": "transfer_refused", "code": "insufficient_funds", "replayed": false},
		{"event": "transfer_made", "transfer_id": id, "replayed": false},
		{"event": "transfer_made", "transfer_id": id, "replayed": true},
	} {
		want["msg"], want["customer_id"], want["sub"], want["token_id"] = "audit", "1000000001", "auth0|alice", "token-t1"
		want["approval_id"] = "t1"
		for name, value := range want {
			if lines[i][name] != value {
				t.Errorf("%v: %s is %v, want %v", want["event"], name, lines[i][name], value)
			}
		}
	}
	if len(lines) != 3 {
		t.Errorf("more on record than happened: %s", b.log)
	}
}

func TestATerminalRefusalIsRepeatedByteForByte(t *testing.T) {
	b := open(t)
	tooMuch := strings.Replace(rent, "250.00", "2500.01", 1)
	first := b.post(t, approved("t1"), "k1", tooMuch)
	first.Want(t, 422, "insufficient_funds")
	if first.Header["Content-Type"] != "application/problem+json" {
		t.Errorf("content type %q", first.Header["Content-Type"])
	}
	b.Deposit(t, "1000000001-01", 1_00, "EUR", "more")
	again := b.post(t, approved("t1"), "k1", tooMuch)
	if again.Status != 422 || again.Body != first.Body || again.Header["Content-Type"] != first.Header["Content-Type"] {
		t.Errorf("first %s\nthen  %d %s", first.Body, again.Status, again.Body)
	}
	b.post(t, approved("t1"), "k2", rent).Want(t, 201, "") // the refusal did not use the approval
}

func TestAUsedApprovalIsChallengedForANewOne(t *testing.T) {
	b := open(t)
	b.post(t, approved("t1"), "k1", rent).Want(t, 201, "")
	second := b.post(t, approved("t1"), "k2", rent)
	second.Want(t, 401, "insufficient_user_authentication")
	header := second.Header["WWW-Authenticate"]
	if !strings.Contains(header, `error="insufficient_user_authentication"`) || second.Member(t, "max_age") != 300.0 {
		t.Errorf("%v %s", second.Header, second.Body)
	}
	b.post(t, approved("t2"), "k2", rent).Want(t, 201, "")
}

func TestAKeyUsedForAnotherTransferIsRefused(t *testing.T) {
	b := open(t)
	b.post(t, approved("t1"), "k1", rent).Want(t, 201, "")
	b.post(t, approved("t2"), "k1", strings.Replace(rent, "250.00", "1.00", 1)).Want(t, 422, "idempotency_key_reused")
	inOtherDigits := strings.Replace(rent, "250.00", "250", 1)
	b.post(t, approved("t2"), "k1", inOtherDigits).Want(t, 201, "")
}

func TestWhoMayNotTransferIsChallenged(t *testing.T) {
	b := open(t)
	for name, c := range map[string]struct {
		change func(*access.Principal)
		status int
		code   string
	}{
		"a daily token": {
			func(p *access.Principal) { p.Scopes = []string{access.ScopeViewBalance} }, 403, "insufficient_scope",
		},
		"no second factor": {func(p *access.Principal) { p.MFAAt = time.Time{} }, 401, "insufficient_user_authentication"},
		"an old second factor": {
			func(p *access.Principal) { p.MFAAt = time.Now().Add(-6 * time.Minute) }, 401, "insufficient_user_authentication",
		},
		"an expired token": {func(p *access.Principal) { p.ExpiresAt = time.Now() }, 401, "invalid_token"},
		"a machine":        {func(p *access.Principal) { p.Kind = access.KindClient }, 403, "insufficient_scope"},
		"a stranger":       {func(p *access.Principal) { p.Subject = "auth0|mallory" }, 403, "not_a_customer"},
		"a session": {func(p *access.Principal) {
			p.Kind, p.CustomerID, p.Subject = access.KindSession, "1000000001", "customer|1000000001"
		}, 403, "insufficient_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			p := approved("t1")
			c.change(&p)
			b.post(t, p, "k1", rent).Want(t, c.status, c.code)
		})
	}
	if got := b.Balance(t, "1000000001-01"); got != 2500_00 {
		t.Errorf("the payer has %d", got)
	}
}

func TestAMalformedRequestIsNamedAndRecordsNothing(t *testing.T) {
	b := open(t)
	for name, c := range map[string]struct{ key, body, code, names string }{
		"no key":              {"", rent, "missing_idempotency_key", ""},
		"a key twice":         {"k1, k2", rent, "invalid_idempotency_key", ""},
		"half quoted":         {`"k1`, rent, "invalid_idempotency_key", ""},
		"an empty string":     {`""`, rent, "invalid_idempotency_key", ""},
		"a long key":          {strings.Repeat("k", 129), rent, "invalid_idempotency_key", ""},
		"a control character": {"k\t1", rent, "invalid_idempotency_key", ""},
		"no amount":           {"k1", strings.Replace(rent, `"amount":"250.00",`, "", 1), "invalid_request", "amount"},
		"too many digits":     {"k1", strings.Replace(rent, "250.00", "1.005", 1), "invalid_request", "decimal places"},
		"negative":            {"k1", strings.Replace(rent, "250.00", "-1", 1), "invalid_request", "amount"},
		"zero":                {"k1", strings.Replace(rent, "250.00", "0.00", 1), "invalid_request", "zero"},
		"too large":           {"k1", strings.Replace(rent, "250.00", strings.Repeat("9", 20), 1), "invalid_request", "more"},
		"no such currency":    {"k1", strings.Replace(rent, "EUR", "EUX", 1), "invalid_request", "currency"},
		"a malformed payer":   {"k1", strings.Replace(rent, "1000000001-01", "1", 1), "invalid_request", "from"},
		"a long reference": {"k1", strings.Replace(rent, `"EUR"`, `"EUR","reference":"`+strings.Repeat("ü", 141)+`"`, 1),
			"invalid_request", "reference"},
		"a malformed payee": {"k1", strings.Replace(rent, "1000000002-01", "0000000002-01", 1), "invalid_request", "to"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.post(t, approved("t1"), c.key, c.body)
			answer.Want(t, 400, c.code)
			if detail := fmt.Sprint(answer.Member(t, "detail")); !strings.Contains(detail, c.names) {
				t.Errorf("detail %q does not name %q", detail, c.names)
			}
		})
	}
	b.post(t, approved("t1"), "k1", rent).Want(t, 201, "") // k1 is still free
}

func TestEveryAnswerFitsIntoARecord(t *testing.T) {
	for _, refusal := range []bank.Refusal{
		"", bank.SameAccount, bank.NoSuchAccount, bank.AccountClosed, bank.AccountFrozen, bank.CurrencyMismatch,
		bank.DailyLimit, bank.InsufficientFunds,
	} {
		size := len(answer(bank.Outcome{
			TransferID: "tr_" + strings.Repeat("a", 26), Refusal: refusal, Party: bank.Payee,
			From: "1000000001-01", To: "1000000002-01",
			Amount: bank.MaxAmount, Currency: "KWD", At: time.Now().UTC(),
		}))
		if size > bank.AnswerSize {
			t.Errorf("%q takes %d bytes", refusal, size)
		}
	}
}
