package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

func TestACommandLeavesARecordBeforeAndAfter(t *testing.T) {
	w := newWorld(t)
	w.done("withdraw", money("5.00", "till 7"))
	records := w.records()
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
	w := newWorld(t)
	w.plan("close_account", ofAccount)
	records := w.records()
	if last := records[len(records)-1]; last["event"] != "operator_refused" || last["code"] != "account_not_empty" ||
		last["dry_run"] != true {
		t.Errorf("%v", records)
	}
	w.send(`{"command":"close_account","operator":"mallory","account_id":"x"}`)
	if records = w.records(); len(records) != 1 || records[0]["operator"] != "mallory" ||
		records[0]["code"] != "invalid_request" {
		t.Errorf("%v", records)
	}
}

func TestNoSecretIsAnsweredOrLogged(t *testing.T) {
	w := newWorld(t)
	const secret = "correct horse battery"
	for _, f := range []fields{
		{"customer_id": alice, "username": "alice", "password": secret},
		{"customer_id": bob, "username": "alice", "password": secret},        // refused: taken
		{"customer_id": bob, "username": secret, "password": secret},         // refused: no username
		{"customer_id": secret, "username": "bob", "password": secret},       // refused: no customer_id
		{"customer_id": bob, "user": "bob", "password": secret, "x": secret}, // refused: unknown members
	} {
		if g := w.do("set_password", f); strings.Contains(g.text, secret) {
			t.Errorf("answered: %s", g.text)
		}
	}
	w.done("create_customer", fields{"customer_id": "1000000003", "name": "Carl Carlsson", "email": "carl@example.com"})
	for _, hidden := range []string{secret, "Carl Carlsson", "carl@example.com"} {
		if strings.Contains(w.log.String(), hidden) {
			t.Errorf("%s is logged: %s", hidden, &w.log)
		}
	}
}

// behind is a desk whose tables answer so.
func (w *world) behind(answer func(*http.Request) (*http.Response, error)) *desk {
	return w.through(w.db.Through(testkit.RoundTrip(answer)))
}

func TestABankThatCannotBeAskedIsAnErrorThatMayBeTriedAgain(t *testing.T) {
	w := newWorld(t)
	down := w.behind(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("dial tcp 192.0.2.1:443: connection refused")
	})
	failure := w.fails(down, payload("freeze_account", ofAccount), unavailable)
	if strings.Contains(failure.Message, "192.0.2.1") {
		t.Errorf("%v", failure)
	}
	records := w.records()
	if last := records[len(records)-1]; last["event"] != "operator_failed" || last["code"] != "unavailable" {
		t.Errorf("%v", records)
	}
}

func TestAFaultOfOursIsLoggedAndNotShown(t *testing.T) {
	w := newWorld(t)
	denying := w.behind(func(*http.Request) (*http.Response, error) {
		return dynamotest.Answer(400, "AccessDeniedException", map[string]any{"message": "not on table secret"}), nil
	})
	failure := w.fails(denying, payload("show_account", ofAccount), internalError)
	if strings.Contains(failure.Message, "secret") {
		t.Errorf("%v", failure)
	}
	if !strings.Contains(w.log.String(), "not on table secret") {
		t.Errorf("the log does not say why: %s", &w.log)
	}
}

// An operator freezes the account before each booking and thaws it before each look.
func TestAnAccountThatKeepsChangingIsAConflictAfterThreeTries(t *testing.T) {
	w := newWorld(t)
	next, booked := dynamotest.Transport(), 0
	w.desk = w.behind(func(r *http.Request) (*http.Response, error) {
		change := w.direct.bank.Thaw
		if dynamotest.Operation(r) == "TransactWriteItems" {
			booked++
			change = w.direct.bank.Freeze
		}
		testkit.WantError(t, change(t.Context(), account), nil)
		return next.RoundTrip(r)
	})
	w.do("deposit", money("1.00", "k")).refused(conflict)
	if booked != 3 {
		t.Errorf("tried %d times", booked)
	}
}
