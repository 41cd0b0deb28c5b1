package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

func TestAnIdentityIsLinkedToOneCustomer(t *testing.T) {
	w := aBank(t)
	w.plan(t, "link_identity", fields{"customer_id": alice, "sub": sub}).want(t, planned)
	w.do(t, "link_identity", fields{"customer_id": alice, "sub": sub}).want(t, done)
	w.do(t, "link_identity", fields{"customer_id": alice, "sub": sub}).want(t, unchanged)
	w.do(t, "link_identity", fields{"customer_id": bob, "sub": sub}).refused(t, linkedElsewhere)
	if who, err := w.direct.directory.ByIdentity(t.Context(), sub); err != nil || who.ID != alice {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestAnIdentityOfAnotherTenantIsLinkedByItsTenant(t *testing.T) {
	w := aBank(t)
	theirs := fields{"customer_id": bob, "sub": sub, "tenant": "acme"}
	w.do(t, "link_identity", ofAlice).want(t, done)
	if g := w.do(t, "link_identity", theirs); g.Outcome != done || g.change(t, "identity").To != sub+" at tenant acme" {
		t.Error(g.text)
	}
	for person, id := range map[identity.Person]string{sub: alice, identity.PersonOf("acme", sub): bob} {
		if who, err := w.direct.directory.ByIdentity(t.Context(), person); err != nil || who.ID != id {
			t.Errorf("%q: %+v, %v", person, who, err)
		}
	}
	w.do(t, "unlink_identity", theirs).want(t, done)
	w.do(t, "unlink_identity", ofAlice).want(t, done)
	for _, bad := range []string{"", "Acme", "acme#", " acme", "a\nb"} {
		w.do(t, "link_identity", fields{"customer_id": bob, "sub": sub, "tenant": bad}).refused(t, invalidRequest)
	}
}

func TestAnUnlinkedIdentityOpensNothing(t *testing.T) {
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	if g := w.plan(t, "unlink_identity", ofAlice); g.Outcome != planned || g.change(t, "identity").From != sub {
		t.Error(g.text)
	}
	if g := w.do(t, "unlink_identity", ofAlice); g.Outcome != done || g.change(t, "identity").From != sub {
		t.Error(g.text)
	}
	if login, err := w.direct.directory.Identify(t.Context(), customer.Identity{Person: sub},
		"192.0.2.1"); !errors.Is(err, customer.ErrUnknownIdentity) {
		t.Errorf("%+v, %v", login, err)
	}
}

func TestAnIdentityIsUnlinkedOnce(t *testing.T) {
	w := aBank(t)
	w.do(t, "unlink_identity", ofAlice).want(t, unchanged)
	w.do(t, "link_identity", ofAlice).want(t, done)
	w.do(t, "unlink_identity", ofAlice).want(t, done)
	before := w.everything(t)
	w.do(t, "unlink_identity", ofAlice).want(t, unchanged)
	if after := w.everything(t); after != before {
		t.Errorf("the second time wrote:\n%s\nbefore:\n%s", after, before)
	}
}

func TestAnUnlinkedIdentityCanBeLinkedAgainAndToAnother(t *testing.T) {
	w := aBank(t)
	for _, id := range []string{alice, alice, bob} {
		of := fields{"customer_id": id, "sub": sub}
		w.do(t, "link_identity", of).want(t, done)
		if who, err := w.direct.directory.ByIdentity(t.Context(), sub); err != nil || who.ID != id {
			t.Errorf("%+v, %v", who, err)
		}
		w.do(t, "unlink_identity", of).want(t, done)
	}
}

func TestAnotherCustomersIdentityIsNotUnlinked(t *testing.T) {
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	for _, give := range []func(*testing.T, string, fields) got{w.plan, w.do} {
		g := give(t, "unlink_identity", fields{"customer_id": bob, "sub": sub})
		if g.refused(t, linkedElsewhere); !strings.Contains(g.Detail, alice) {
			t.Errorf("it does not say whose it is: %s", g.text)
		}
	}
	if who, err := w.direct.directory.ByIdentity(t.Context(), sub); err != nil || who.ID != alice {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestADisabledCustomersIdentityIsUnlinked(t *testing.T) {
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	w.do(t, "disable_customer", fields{"customer_id": alice}).want(t, done)
	w.do(t, "unlink_identity", ofAlice).want(t, done)
}

// The operator who unlinks is told what to do next, also if an earlier answer was lost.
func TestUnlinkingSaysThatSessionsLiveOn(t *testing.T) {
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	login, err := w.direct.directory.Identify(t.Context(), customer.Identity{Person: sub}, "192.0.2.1")
	testkit.Must(t, err)
	draft, err := w.direct.sessions.Issue(t.Context(), login.CustomerID, login.Writes...)
	testkit.Must(t, err)
	for i, g := range []got{w.plan(t, "unlink_identity", ofAlice), w.do(t, "unlink_identity", ofAlice),
		w.do(t, "unlink_identity", ofAlice)} {
		if g.Outcome != []outcome{planned, done, unchanged}[i] || !strings.Contains(g.Note, "revoke_sessions") {
			t.Error(g.text)
		}
	}
	if _, err := w.direct.sessions.Verify(t.Context(), draft.Code); err != nil {
		t.Errorf("the session has ended, which the note denies: %v", err)
	}
	if g := w.do(t, "revoke_sessions", fields{"customer_id": alice}); g.Outcome != done || g.Note != "" {
		t.Error(g.text)
	}
}

// An attacker who knew the old password may have linked a login of their own, which opens the account under the new one
// too.
func TestANewPasswordNamesTheLoginsThatTheOldOneLinked(t *testing.T) {
	w := aBank(t)
	first := fields{"customer_id": alice, "username": "alice", "password": "alice-at-the-bank"}
	if g := w.do(t, "set_password", first); g.Note != "" {
		t.Error(g.text)
	}
	w.do(t, "link_identity", ofAlice).want(t, done)
	own := w.direct.directory.LinkOwn(alice, "auth0|thief")
	testkit.Must(t, dynamo.Transact(t.Context(), w.db.Client, own...))
	w.do(t, "disable_customer", fields{"customer_id": alice}).want(t, done)
	for _, g := range []got{w.plan(t, "set_password", first), w.do(t, "set_password", first)} {
		if !strings.Contains(g.Note, "auth0|thief") || strings.Contains(g.Note, sub) ||
			!strings.Contains(g.Note, "unlink_identity") {
			t.Error(g.text)
		}
	}
}

func TestUnlinkingIsRecordedWithTheIdentity(t *testing.T) {
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	w.records(t)
	w.do(t, "unlink_identity", ofAlice).want(t, done)
	records := w.records(t)
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
	w := aBank(t)
	w.do(t, "link_identity", ofAlice).want(t, done)
	// it is under way
	login, err := w.direct.directory.Identify(t.Context(), customer.Identity{Person: sub}, "192.0.2.1")
	testkit.Must(t, err)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			payload := fmt.Sprintf(`{"command":"unlink_identity","operator":"carol","customer_id":%q,"sub":%q}`, alice,
				sub)
			text, err := w.Invoke(invocation(t.Context()), []byte(payload))
			if err != nil || !strings.Contains(string(text), `"outcome":"done"`) &&
				!strings.Contains(string(text), `"outcome":"unchanged"`) {
				t.Errorf("%s, %v", text, err)
			}
		})
	}
	all.Wait()
	if _, err := w.direct.sessions.Issue(t.Context(), alice, login.Writes...); !dynamo.ConditionFailed(err) {
		t.Errorf("the login that was under way got in: %v", err)
	}
}

var ofAlice = fields{"customer_id": alice, "sub": sub}
