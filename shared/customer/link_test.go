package customer_test

import (
	"context"
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

func TestAnUnlinkedIdentityIsAStrangers(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	_, err := b.identify(t, customer.Identity{Person: aliceSub, Email: "alice@example.com", EmailVerified: true})
	want(t, err, customer.ErrUnknownIdentity)
	_, err = b.Resolve(t.Context(), user(aliceSub))
	want(t, err, customer.ErrUnknownIdentity)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home)) // their other way in is theirs
}

func TestAnUnlinkedIdentityCanBeLinkedAgain(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	if id, err := b.identify(t, customer.Identity{Person: aliceSub}); err != nil || id != aliceID {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestUnlinkingLeavesTheCustomersOtherIdentities(t *testing.T) {
	b := newBank(t)
	const other = "google-oauth2|100000000000000000001"
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Link(t.Context(), aliceID, other))
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	if id, err := b.identify(t, customer.Identity{Person: other}); err != nil || id != aliceID {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestToUnlinkWhatIsNotLinkedChangesNothing(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	if b.item(t, "customer#"+aliceID)["unlinked_at"] != nil {
		t.Error("it left a mark")
	}
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	first := b.item(t, "customer#"+aliceID)["unlinked_at"]
	b.Pass(time.Minute)
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	if again := b.item(t, "customer#"+aliceID)["unlinked_at"]; first == nil ||
		dynamo.TimeOf(again) != dynamo.TimeOf(first) {
		t.Errorf("the second time changed %v to %v", first, again)
	}
}

func TestAnotherCustomersIdentityIsNotUnlinked(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: bobID}))
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	want(t, b.Unlink(t.Context(), bobID, aliceSub), customer.ErrLinkedElsewhere)
	want(t, b.Unlink(t.Context(), "1000000009", aliceSub), customer.ErrNotFound)
	if id, err := b.identify(t, customer.Identity{Person: aliceSub}); err != nil || id != aliceID {
		t.Errorf("got %s, %v", id, err)
	}
	if b.item(t, "customer#"+bobID)["unlinked_at"] != nil || b.item(t, "customer#1000000009") != nil {
		t.Error("something was written")
	}
}

func TestADisabledCustomersIdentityIsUnlinked(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Disable(t.Context(), aliceID, new(noSessions)))
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Enable(t.Context(), aliceID))
	_, err := b.identify(t, customer.Identity{Person: aliceSub})
	want(t, err, customer.ErrUnknownIdentity)
}

// The identity has its verified address too: the address must not hand back what the operator took away.
func TestAVerifiedAddressDoesNotLinkAgainWhatWasUnlinked(t *testing.T) {
	for name, link := range map[string]func(*bank) error{
		"linked by an operator": func(b *bank) error { return b.Link(t.Context(), aliceID, aliceSub) },
		"linked by its address": func(b *bank) error {
			_, err := b.identify(t,
				customer.Identity{Person: aliceSub, Email: "alice@example.com", EmailVerified: true})
			return err
		},
	} {
		b := newBank(t, verifiedEmail)
		testkit.Must(t, link(b))
		testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
		for _, sub := range []identity.Person{aliceSub, "auth0|another"} {
			if _, err := b.identify(t,
				customer.Identity{Person: sub, Email: "alice@example.com",
					EmailVerified: true}); !dynamo.ConditionFailed(err) {
				t.Errorf("%s: %s got in: %v", name, sub, err)
			}
		}
	}
}

func TestAnUnlinkedUserIsOutWithinAMinute(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	_, err := b.Resolve(t.Context(), user(aliceSub))
	testkit.Must(t, err)
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	b.Pass(59 * time.Second)
	if id, err := b.Resolve(t.Context(), user(aliceSub)); err != nil || id != aliceID {
		t.Errorf("nothing was remembered: %s, %v", id, err)
	}
	b.Pass(time.Second)
	_, err = b.Resolve(t.Context(), user(aliceSub))
	want(t, err, customer.ErrUnknownIdentity)
}

func TestALoginThatIsUnderWayWhenItsIdentityIsUnlinkedIsRefused(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	underWay, err := b.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
	testkit.Must(t, err)
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	if err := b.commit(t.Context(), underWay); !dynamo.ConditionFailed(err) {
		t.Errorf("it got in: %v", err)
	}
}

// Logins by the identity go on while it is unlinked and the sessions are ended after it: none of them is left.
func TestAfterUnlinkingAndRevokingNoSessionOfTheIdentityIsLeft(t *testing.T) {
	b := newBank(t)
	sessions := session.New(session.Config{Client: b.db.Client, Table: b.db.Tables["SessionsTable"], Now: b.Now})
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	var all sync.WaitGroup
	first := make(chan struct{})
	var once sync.Once
	for range 4 {
		all.Go(func() {
			for range 500 {
				err := logInByIdentity(t.Context(), b, sessions)
				once.Do(func() { close(first) })
				if errors.Is(err, customer.ErrUnknownIdentity) || dynamo.ConditionFailed(err) {
					return
				}
				if err != nil {
					t.Error(err)
				}
			}
			t.Error("it was never refused")
		})
	}
	<-first
	testkit.Must(t, b.Unlink(t.Context(), aliceID, aliceSub))
	_, err := sessions.RevokeAll(t.Context(), aliceID)
	testkit.Must(t, err)
	all.Wait()
	if n, err := sessions.Count(t.Context(), aliceID); n != 0 || err != nil {
		t.Errorf("%d sessions are left, %v", n, err)
	}
}

func logInByIdentity(ctx context.Context, b *bank, sessions *session.Store) error {
	login, err := b.Identify(ctx, customer.Identity{Person: aliceSub}, home)
	if err != nil {
		return err
	}
	_, err = sessions.Issue(ctx, login.CustomerID, login.Writes...)
	return err
}
