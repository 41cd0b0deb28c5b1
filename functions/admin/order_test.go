package main

import (
	"strings"
	"testing"
)

func TestACommandThatIsNotUnderstoodIsRefusedByName(t *testing.T) {
	w := newWorld(t)
	before := w.everything()
	for _, c := range [][2]string{
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","reason":"x"}`,
			`"reason" is not a member`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","Account_ID":"1000000001-02"}`,
			`"Account_ID" is not a member`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","account_id":"1000000001-02"}`,
			`"account_id" is given twice`},
		{`{"command":"freeze_account","command":"show_account","operator":"carol","account_id":"1000000001-01"}`,
			`"command" is given twice`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","operation_id":"1"}`,
			`"operation_id" is not a member`},
		{`{"command":"freeze_account","operator":"carol"}`,
			`account_id is missing`},
		{`{"command":"freeze_account","account_id":"1000000001-01"}`,
			`operator is missing`},
		{`{"command":"freeze_account","operator":" ","account_id":"1000000001-01"}`,
			`operator is not`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1-01"}`,
			`account_id is not`},
		{`{"command":"freeze_account","operator":"carol","account_id":7}`,
			`account_id must be a string`},
		{`{"command":"freeze_account","operator":"carol","account_id":null}`,
			`account_id must be a string`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","dry_run":"true"}`,
			`dry_run must be true or false`},
		{`{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","dry_run":null}`,
			`dry_run must be true or false`},
		{`{"command":"deposit","operator":"carol","account_id":"1000000001-01","amount":"1","currency":"EUR"}`,
			`operation_id is missing`},
		{`{"command":"deposit","operator":"c","account_id":"1000000001-01",` +
			`"amount":"1.001","currency":"EUR","operation_id":"o"}`,
			`amount is more decimal places`},
		{`{"command":"deposit","operator":"c","account_id":"1000000001-01",` +
			`"amount":"-1","currency":"EUR","operation_id":"o"}`,
			`amount is not a decimal number`},
		{`{"command":"deposit","operator":"c","account_id":"1000000001-01",` +
			`"amount":"0","currency":"EUR","operation_id":"o"}`,
			`amount is not more than zero`},
		{`{"command":"deposit","operator":"c","account_id":"1000000001-01",` +
			`"amount":"1","currency":"eur","operation_id":"o"}`,
			`currency is not`},
		{`{"command":"create_customer","operator":"c","customer_id":"0000000001","name":"x"}`,
			`customer_id is not`},
		{`{"command":"create_customer","operator":"c","customer_id":"1000000009","name":"x\u0007"}`,
			`name is not`},
		{`{"command":"create_customer","operator":"c","customer_id":"1000000009","name":"x","email":"nobody"}`,
			`email is not`},
		{`{"command":"link_identity","operator":"c","customer_id":"1000000001","sub":"a\u200bb"}`,
			`sub is not`},
		{`{"command":"show_transfer","operator":"c","customer_id":"1000000001","transfer_id":"tr_1"}`,
			`transfer_id is not`},
	} {
		if g := w.send(c[0]); g.Code != invalidRequest || !strings.Contains(g.Detail, c[1]) {
			t.Errorf("%s: %s", c[0], g.text)
		}
	}
	if after := w.everything(); after != before {
		t.Error("something was written")
	}
}

func TestEveryProblemOfACommandIsNamedAtOnce(t *testing.T) {
	w := empty(t)
	g := w.send(`{"command":"deposit","account_id":"x","amount":"1","note":"n"}`)
	for _, name := range []string{"account_id", "currency", "operation_id", "operator", "note"} {
		if !strings.Contains(g.Detail, name) {
			t.Errorf("%s is not in %s", name, g.text)
		}
	}
}

func TestWhatIsNoCommandIsRefused(t *testing.T) {
	w := empty(t)
	for _, payload := range []string{`{}`, `{"command":"delete_everything","operator":"c"}`, `{"command":7}`,
		`{"command":null}`, `{"Command":"show_account"}`} {
		g := w.send(payload)
		g.refused(unknownCommand)
		if !strings.Contains(g.Detail, "freeze_account") {
			t.Errorf("it does not say what there is: %s", g.text)
		}
	}
}

func TestWhatIsNoJSONObjectIsRefused(t *testing.T) {
	w := empty(t)
	for _, payload := range []string{
		``, `null`, `[]`, `"freeze_account"`, `{"command":"show_account"`, `{"command":"show_account"}{}`, "\xff",
		`{"command":"\ud800"}`,
		`{"command":{"command":{"command":{}}}}`, `{"command":"` + strings.Repeat("x", maxPayload) + `"}`,
	} {
		w.send(payload).refused(invalidRequest)
	}
}

func TestALongNameIsNotShownWhole(t *testing.T) {
	w := empty(t)
	g := w.send(
		`{"command":"show_account","operator":"c","account_id":"1000000001-01","` + strings.Repeat("n", 5000) + `":"x"}`)
	if len(g.Detail) > 200 {
		t.Errorf("%d characters", len(g.Detail))
	}
}

func TestAMemberIsTakenUpToItsBound(t *testing.T) {
	for name, cases := range map[string]map[string]bool{
		"operator":     {strings.Repeat("x", 128): true, strings.Repeat("x", 129): false, "carol é": false, "c ": false},
		"operation_id": {strings.Repeat("x", 128): true, strings.Repeat("x", 129): false, "till é": false},
		"name":         {strings.Repeat("é", 200): true, strings.Repeat("é", 201): false, " x": false, "": false},
		"email": {
			strings.Repeat("x", 252) + "@é": true, strings.Repeat("x", 253) + "@é": false, "x@": false, "@x": false,
			"x y@z": false,
		},
	} {
		for text, want := range cases {
			if _, err := members[name].read(text); (err == nil) != want {
				t.Errorf("%s %.20q of %d bytes : %v", name, text, len(text), err)
			}
		}
	}
	w := newWorld(t)
	spaces := strings.Repeat(" ", maxPayload-len(payload("show_account", ofAccount)))
	w.send(payload("show_account", ofAccount) + spaces).want(shown)
	w.send(payload("show_account", ofAccount) + spaces + " ").refused(invalidRequest)
	if maxPayload != 16<<10 {
		t.Errorf("the answer says 16 KiB, and it is %d", maxPayload)
	}
}

func TestEveryMemberThatACommandNamesHasARule(t *testing.T) {
	for name, c := range commands {
		for _, m := range append(c.needs, c.may...) {
			if members[m].read == nil && m != "keep_sessions" {
				t.Errorf("%s of %s has none", m, name)
			}
		}
	}
}
