package customer_test

import (
	"strings"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

func TestTheRightPasswordTellsTheCustomer(t *testing.T) {
	d := newDirectory(t)
	login, err := d.Authenticate(t.Context(), "alice", alicePassword, home)
	testkit.Must(t, err)
	if login.CustomerID != aliceID {
		t.Errorf("got customer %s", login.CustomerID)
	}
	testkit.Must(t, d.commit(login))
}

func TestAWrongPasswordAndAnUnknownUserAreRefused(t *testing.T) {
	d := newDirectory(t)
	for _, c := range []struct {
		username, password string
		want               error
	}{
		{"alice", "alice-at-the-bonk", customer.ErrWrongPassword}, {"alice", "", customer.ErrWrongPassword},
		{"alicia", alicePassword, customer.ErrUnknownUser}, {"", "", customer.ErrUnknownUser},
		{"al ice#\x00", alicePassword, customer.ErrUnknownUser},
		{strings.Repeat("a", 4000), alicePassword, customer.ErrUnknownUser},
	} {
		testkit.WantError(t, d.login(c.username, c.password, home), c.want)
	}
}

func TestAUsernameIsTheSameInAnyCaseAndWidth(t *testing.T) {
	d := newDirectory(t)
	for _, spelt := range []string{"Alice", "ALICE", "ａｌｉｃｅ"} {
		testkit.Must(t, d.login(spelt, alicePassword, home))
	}
}

func TestACustomerIsCreatedOnce(t *testing.T) {
	d := newDirectory(t)
	for _, c := range []customer.Customer{{ID: aliceID, Name: "Mallory"}, {ID: bobID, Email: "ALICE@example.com"}} {
		testkit.WantError(t, d.Create(t.Context(), c), customer.ErrExists)
	}
	for _, id := range []string{"", "0000000001", "100000001", "10000000011", "1000000001-", "١٠٠٠٠٠٠٠٠١"} {
		testkit.WantError(t, d.Create(t.Context(), customer.Customer{ID: id}), identity.ErrCustomerID)
	}
}

func TestALoginThatMayNotBeChosenIsRefusedBeforehandAndWhenItIsSet(t *testing.T) {
	d := newDirectory(t)
	for _, c := range []struct {
		username, password string
		want               error
	}{
		{"alice", "password1", password.ErrCommon}, {"alice", "short", password.ErrTooShort},
		{"alice space", "long enough by far", customer.ErrMalformedUsername},
		{"Alice-Archer", "alice-archer", password.ErrLikeUsername},
	} {
		testkit.WantError(t, customer.CheckLogin(c.username, c.password), c.want)
		testkit.WantError(t, d.SetPassword(t.Context(), aliceID, c.username, c.password), c.want)
	}
	testkit.Must(t, customer.CheckLogin("carol", "a long and rare phrase"))
	testkit.WantError(t, d.SetPassword(t.Context(), bobID, "bob", "long enough by far"), customer.ErrNotFound)
	testkit.Must(t, d.login("alice", alicePassword, home))
}

func TestAUsernameBelongsToOneCustomer(t *testing.T) {
	d := newDirectory(t)
	testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: bobID}))
	testkit.WantError(t, d.SetPassword(t.Context(), bobID, "Alice", "bob-would-be-alice"), customer.ErrUsernameTaken)
	testkit.Must(t, d.login("alice", alicePassword, home))
}

func TestANewUsernameTakesThePlaceOfTheOld(t *testing.T) {
	d := newDirectory(t)
	testkit.Must(t, d.SetPassword(t.Context(), aliceID, "archer", "alice-is-archer-now"))
	testkit.Must(t, d.login("archer", "alice-is-archer-now", home))
	testkit.WantError(t, d.login("alice", alicePassword, home), customer.ErrUnknownUser)
}

func TestAPasswordChangedWhileItIsVerifiedLogsNobodyIn(t *testing.T) {
	d := newDirectory(t)
	login, err := d.Authenticate(t.Context(), "alice", alicePassword, home)
	testkit.Must(t, err)
	testkit.Must(t, d.SetPassword(t.Context(), aliceID, "alice", "alice-has-changed-it"))
	d.late(d.commit(login))
}

func TestALoginRaisesTheHashToTodaysParameters(t *testing.T) {
	d := newDirectory(t)
	stored := func() string { return dynamo.TextOf(d.item("username#alice")["password"]) }
	before := stored()
	d.Directory = customertest.On(t, d.db, nil, func(c *customer.Config) { c.Now, c.Hasher = d.Now, nil }) // OWASP's
	testkit.Must(t, d.login("alice", alicePassword, home))
	after := stored()
	if strings.Contains(before, "m=19456,t=2") || !strings.Contains(after, "m=19456,t=2,p=1$") {
		t.Errorf("before %.30s…, after %.30s…", before, after)
	}
	testkit.Must(t, d.login("alice", alicePassword, home))
	if stored() != after {
		t.Error("a hash at today's parameters was made anew")
	}
}

func TestADisabledCustomerIsOutByEveryWay(t *testing.T) {
	d := linked(t)
	inFlight, err := d.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
	testkit.Must(t, err)

	sessions := new(noSessions)
	testkit.Must(t, d.Disable(t.Context(), aliceID, sessions))
	if sessions.asked != aliceID {
		t.Error("their sessions were not ended")
	}
	d.late(d.commit(inFlight))
	d.late(d.login("alice", alicePassword, home))
	_, err = d.identify(aliceSub)
	testkit.WantError(t, err, customer.ErrDisabled)

	testkit.Must(t, d.Enable(t.Context(), aliceID))
	testkit.Must(t, d.login("alice", alicePassword, home))
	testkit.WantError(t, d.Disable(t.Context(), bobID, sessions), customer.ErrNotFound)
}

func TestThePasswordIsNotInTheTable(t *testing.T) {
	newDirectory(t).db.Lacks(t, "CustomersTable", alicePassword)
}

func TestAnAddressAUsernameAndAnIdentityHaveAnOwner(t *testing.T) {
	d := linked(t)
	for name, owner := range map[string]func(string) (string, error){
		"ALICE@example.com": func(s string) (string, error) { return d.EmailOwner(t.Context(), s) },
		"Alice":             func(s string) (string, error) { return d.UsernameOwner(t.Context(), s) },
		aliceSub:            func(s string) (string, error) { return d.IdentityOwner(t.Context(), identity.Person(s)) },
	} {
		for text, want := range map[string]string{name: aliceID, name + "x": ""} {
			if id, err := owner(text); id != want || err != nil {
				t.Errorf("%s is %q's, %v", text, id, err)
			}
		}
	}
}
