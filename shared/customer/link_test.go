package customer_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

func TestAnUnlinkedIdentityIsAStrangersUntilItIsLinkedAgain(t *testing.T) {
	d := linked(t)
	d.unlink(aliceID, aliceSub)
	_, err := d.identify(aliceSub)
	testkit.WantError(t, err, customer.ErrUnknownIdentity)
	d.acts(aliceSub, "")
	testkit.Must(t, d.login("alice", alicePassword, home)) // their other way in is theirs
	d.link(aliceID, aliceSub)
	d.opens(aliceSub, aliceID)
}

func TestUnlinkingLeavesTheCustomersOtherIdentities(t *testing.T) {
	d := linked(t)
	const other = "google-oauth2|100000000000000000001"
	d.link(aliceID, other)
	d.unlink(aliceID, aliceSub)
	d.opens(other, aliceID)
}

func TestToUnlinkWhatIsNotLinkedChangesNothing(t *testing.T) {
	d := newDirectory(t)
	mark := func() int64 { return dynamo.NumberOf(d.item("customer#" + aliceID)["unlinked_at"]) }
	if d.unlink(aliceID, aliceSub); mark() != 0 {
		t.Error("it left a mark")
	}
	d.link(aliceID, aliceSub)
	d.unlink(aliceID, aliceSub)
	first := mark()
	d.Pass(time.Minute)
	if d.unlink(aliceID, aliceSub); first == 0 || mark() != first {
		t.Errorf("the second time changed %d to %d", first, mark())
	}
}

func TestAnotherCustomersIdentityIsNotUnlinked(t *testing.T) {
	d := linked(t)
	testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: bobID}))
	testkit.WantError(t, d.Unlink(t.Context(), bobID, aliceSub), customer.ErrLinkedElsewhere)
	testkit.WantError(t, d.Unlink(t.Context(), "1000000009", aliceSub), customer.ErrNotFound)
	d.opens(aliceSub, aliceID)
	if d.item("customer#" + bobID)["unlinked_at"] != nil || d.item("customer#1000000009") != nil {
		t.Error("something was written")
	}
}

func TestADisabledCustomersIdentityIsUnlinked(t *testing.T) {
	d := linked(t)
	d.disable(aliceID)
	d.unlink(aliceID, aliceSub)
	testkit.Must(t, d.Enable(t.Context(), aliceID))
	_, err := d.identify(aliceSub)
	testkit.WantError(t, err, customer.ErrUnknownIdentity)
}

// The identity has its verified address too: the address must not hand back what the operator took away.
func TestAVerifiedAddressDoesNotLinkAgainWhatWasUnlinked(t *testing.T) {
	for _, before := range []func(*directory){
		func(*directory) {}, // linked by its address
		func(d *directory) { d.link(aliceID, aliceSub) },
		func(d *directory) { // linked before customers kept a mark of it
			d.link(aliceID, aliceSub)
			d.db.Update(t, "CustomersTable", dynamo.Item{"key": dynamo.Text("customer#" + aliceID)},
				"REMOVE linked_at SET note = :value", dynamo.Text("old"))
		},
	} {
		d := newDirectory(t, verifiedEmail)
		before(d)
		_, err := d.identify(aliceSub)
		testkit.Must(t, err)
		d.unlink(aliceID, aliceSub)
		for _, sub := range []identity.Person{aliceSub, "auth0|another"} {
			_, err := d.identify(sub)
			d.late(err)
		}
	}
}

func TestALoginThatIsUnderWayWhenItsIdentityIsUnlinkedIsRefused(t *testing.T) {
	d := linked(t)
	underWay, err := d.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
	testkit.Must(t, err)
	d.unlink(aliceID, aliceSub)
	d.late(d.commit(underWay))
}

// Logins by the identity go on while it is unlinked and the sessions are ended after it: none of them is left.
func TestAfterUnlinkingAndRevokingNoSessionOfTheIdentityIsLeft(t *testing.T) {
	d := linked(t)
	sessions := session.New(session.Config{Client: d.db.Client, Table: d.db.Tables["SessionsTable"], Now: d.Now})
	logIn := func() error {
		login, err := d.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
		if err == nil {
			_, err = sessions.Issue(t.Context(), login.CustomerID, login.Writes...)
		}
		return err
	}
	first := make(chan struct{})
	begun := sync.OnceFunc(func() { close(first) })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				err := logIn()
				begun()
				if errors.Is(err, customer.ErrUnknownIdentity) || dynamo.ConditionFailed(err) {
					return
				}
				testkit.WantError(t, err, nil)
			}
			t.Error("it was never refused")
		})
	}
	<-first
	d.unlink(aliceID, aliceSub)
	_, err := sessions.RevokeAll(t.Context(), aliceID)
	testkit.Must(t, err)
	all.Wait()
	if n, err := sessions.Count(t.Context(), aliceID); n != 0 || err != nil {
		t.Errorf("%d sessions are left, %v", n, err)
	}
}
