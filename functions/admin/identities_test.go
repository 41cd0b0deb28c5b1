package main

import (
	"strings"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

// owner fails the test unless a person is that customer's, nobody's if empty.
func (w *world) owner(person identity.Person, want string) {
	w.t.Helper()
	if id, err := w.direct.directory.IdentityOwner(w.t.Context(), person); id != want || err != nil {
		w.t.Errorf("%q is %q's, %v, want %q's", person, id, err, want)
	}
}

func linking(person string) change {
	return change{Of: "customer " + alice, What: "identity", To: person}
}
func unlinking(person string) change {
	return change{Of: "customer " + alice, What: "identity", From: person}
}

func TestAnIdentityIsLinkedToOneCustomer(t *testing.T) {
	w := newWorld(t)
	w.once("link_identity", hers, linking(sub))
	w.refuses(linkedElsewhere, "link_identity", hers.with("customer_id", bob))
	w.owner(sub, alice)
}

func TestAnIdentityOfAnotherTenantIsLinkedByItsTenant(t *testing.T) {
	w := newWorld(t)
	theirs, person := hers.with("customer_id", bob).with("tenant", "acme"), identity.PersonOf("acme", sub)
	w.done("link_identity", hers)
	if g := w.done("link_identity", theirs); g.change("identity").To != sub+" at tenant acme" {
		t.Error(g.text)
	}
	w.owner(sub, alice)
	w.owner(person, bob)
	w.done("unlink_identity", theirs)
	w.owner(sub, alice)
	w.owner(person, "")
	for _, bad := range []string{"", "Acme", "acme#", " acme", "a\nb"} {
		w.refuses(invalidRequest, "link_identity", theirs.with("tenant", bad))
	}
}

func TestAnIdentityIsUnlinkedOnceAndCanBeLinkedAgainAndToAnother(t *testing.T) {
	w := newWorld(t)
	w.do("unlink_identity", hers).want(unchanged)
	for range 2 {
		w.once("link_identity", hers, linking(sub))
		w.once("unlink_identity", hers, unlinking(sub))
		w.owner(sub, "")
	}
	w.done("link_identity", hers.with("customer_id", bob))
	w.owner(sub, bob)
}

func TestAnotherCustomersIdentityIsNotUnlinked(t *testing.T) {
	w := newWorld(t)
	w.done("link_identity", hers)
	w.refuses(linkedElsewhere, "unlink_identity", hers.with("customer_id", bob))
	if g := w.do("unlink_identity", hers.with("customer_id", bob)); !strings.Contains(g.Detail, alice) {
		t.Errorf("it does not say whose it is: %s", g.text)
	}
	w.owner(sub, alice)
}

func TestADisabledCustomersIdentityIsUnlinked(t *testing.T) {
	w := newWorld(t)
	w.done("link_identity", hers)
	w.done("disable_customer", ofAlice)
	w.once("unlink_identity", hers, unlinking(sub))
}

// The operator who unlinks is told what to do next, also if an earlier answer was lost.
func TestUnlinkingSaysThatSessionsLiveOn(t *testing.T) {
	w := newWorld(t)
	w.done("link_identity", hers)
	code := w.login(alice)
	for _, give := range []func(string, fields) got{w.plan, w.done, w.do} {
		g := give("unlink_identity", hers)
		if !strings.Contains(g.Note, "revoke_sessions") {
			t.Error(g.text)
		}
	}
	w.lives(true, code)
	if g := w.done("revoke_sessions", ofAlice); g.Note != "" {
		t.Error(g.text)
	}
}

// An attacker who knew the old password may have linked a login of their own, which opens the account under the new one
// too.
func TestANewPasswordNamesTheLoginsThatTheOldOneLinked(t *testing.T) {
	w := newWorld(t)
	if g := w.done("set_password", login); g.Note != "" {
		t.Error(g.text)
	}
	w.done("link_identity", hers)
	own := w.direct.directory.LinkOwn(alice, "auth0|thief")
	testkit.Must(t, dynamo.Transact(t.Context(), w.db.Client, own...))
	w.done("disable_customer", ofAlice)
	for _, g := range []got{w.plan("set_password", login), w.done("set_password", login)} {
		if !strings.Contains(g.Note, "auth0|thief") || strings.Contains(g.Note, sub) ||
			!strings.Contains(g.Note, "unlink_identity") {
			t.Error(g.text)
		}
	}
}

func TestUnlinkingIsRecordedWithTheIdentity(t *testing.T) {
	w := newWorld(t)
	w.done("link_identity", hers)
	w.records()
	w.done("unlink_identity", hers)
	records := w.records()
	if len(records) != 2 || records[1]["event"] != "operator_done" {
		t.Fatalf("%v", records)
	}
	for _, record := range records {
		if record["command"] != "unlink_identity" || record["operator"] != "carol" || record["customer_id"] != alice ||
			record["sub"] != sub {
			t.Errorf("%v", record)
		}
	}
}

func TestOfManyEqualUnlinkingsAtOnceNoneFails(t *testing.T) {
	w := newWorld(t)
	w.done("link_identity", hers)
	underWay, err := w.direct.directory.Identify(t.Context(), customer.Identity{Person: sub}, "192.0.2.1")
	testkit.Must(t, err)
	testkit.Together(5, func(int) {
		text, err := w.Invoke(invocation(t.Context()), []byte(payload("unlink_identity", hers)))
		if err != nil || !strings.Contains(string(text), `"outcome":"done"`) &&
			!strings.Contains(string(text), `"outcome":"unchanged"`) {
			t.Errorf("%s, %v", text, err)
		}
	})
	if _, err := w.direct.sessions.Issue(t.Context(), alice, underWay.Writes...); !dynamo.ConditionFailed(err) {
		t.Errorf("the login that was under way got in: %v", err)
	}
}
