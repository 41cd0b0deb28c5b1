package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"drawbridge/shared/testkit"
)

func TestACommandLeavesARecordBeforeAndAfter(t *testing.T) {
	w := aBank(t)
	w.do(t, "withdraw", money("5.00", "till 7")).want(t, done)
	records := w.records(t)
	if len(records) != 2 || records[0]["event"] != "operator_command" || records[1]["event"] != "operator_done" ||
		records[1]["outcome"] != "done" {
		t.Fatalf("%v", records)
	}
	for _, record := range records {
		for name, want := range map[string]any{
			"operator": "carol", "request_id": requestID, "command": "withdraw", "dry_run": false,
			"account_id": account, "amount": "5.00", "currency": "EUR", "operation_id": "till 7",
		} {
			if record[name] != want {
				t.Errorf("%s is %v in %v", name, record[name], record)
			}
		}
	}
}

func TestARefusalIsRecordedWithItsCode(t *testing.T) {
	w := aBank(t)
	w.plan(t, "close_account", ofAccount)
	records := w.records(t)
	if last := records[len(records)-1]; last["event"] != "operator_refused" || last["code"] != "account_not_empty" ||
		last["dry_run"] != true {
		t.Errorf("%v", records)
	}
	w.send(t, `{"command":"close_account","operator":"mallory","account_id":"x"}`)
	if records = w.records(t); len(records) != 1 || records[0]["operator"] != "mallory" ||
		records[0]["code"] != "invalid_request" {
		t.Errorf("%v", records)
	}
}

func TestNoSecretIsAnsweredOrLogged(t *testing.T) {
	w := aBank(t)
	const secret = "correct horse battery"
	for _, f := range []fields{
		{"customer_id": alice, "username": "alice", "password": secret},
		{"customer_id": bob, "username": "alice", "password": secret},        // refused: taken
		{"customer_id": bob, "username": secret, "password": secret},         // refused: no username
		{"customer_id": secret, "username": "bob", "password": secret},       // refused: no customer_id
		{"customer_id": bob, "user": "bob", "password": secret, "x": secret}, // refused: unknown members
	} {
		if g := w.do(t, "set_password", f); strings.Contains(g.text, secret) {
			t.Errorf("answered: %s", g.text)
		}
	}
	w.do(t, "create_customer",
		fields{"customer_id": "1000000003", "name": "Carl Carlsson", "email": "carl@example.com"}).want(t, done)
	for _, hidden := range []string{secret, "Carl Carlsson", "carl@example.com"} {
		if strings.Contains(w.log.String(), hidden) {
			t.Errorf("%s is logged: %s", hidden, w.log.String())
		}
	}
}

// down is an engine that cannot be reached.
type down struct{}

func (down) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("dial tcp 192.0.2.1:443: connection refused")
}

func TestABankThatCannotBeAskedIsAnErrorThatMayBeTriedAgain(t *testing.T) {
	w := aBank(t)
	troubled := w.through(t, w.db.Through(down{}))
	payload, err := json.Marshal(fields{"command": "freeze_account", "operator": "carol", "account_id": account})
	testkit.Must(t, err)
	_, err = troubled.Invoke(invocation(t.Context()), payload)
	failure, ok := errors.AsType[messages.InvokeResponse_Error](err)
	if !ok || failure.Type != string(unavailable) || strings.Contains(failure.Message, "192.0.2.1") {
		t.Errorf("%v", err)
	}
	records := w.records(t)
	if last := records[len(records)-1]; last["event"] != "operator_failed" || last["code"] != "unavailable" {
		t.Errorf("%v", records)
	}
}

// denying is an engine that denies every request.
type denying struct{}

func (denying) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(
			strings.NewReader(
				`{"__type":"com.amazon.coral.service#AccessDeniedException","message":"not on table secret"}`)),
	}, nil
}

func TestAFaultOfOursIsLoggedAndNotShown(t *testing.T) {
	w := aBank(t)
	_, err := w.through(t, w.db.Through(denying{})).Invoke(invocation(t.Context()),
		[]byte(`{"command":"show_account","operator":"carol","account_id":"1000000001-01"}`))
	failure, ok := errors.AsType[messages.InvokeResponse_Error](err)
	if !ok || failure.Type != string(internalError) || strings.Contains(failure.Message, "secret") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(w.log.String(), "not on table secret") {
		t.Errorf("the log does not say why: %s", w.log.String())
	}
}
