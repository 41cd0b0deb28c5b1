package customer_test

import (
	"errors"
	"testing"
	"time"
	"unsafe"

	"drawbridge/shared/access"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

func verifiedEmail(c *customer.Config) { c.Providers = []string{"auth0", "samlp|staff"} }

func (b *bank) identify(t *testing.T, id customer.Identity) (string, error) {
	t.Helper()
	login, err := b.Identify(t.Context(), id, home)
	if err != nil {
		return "", err
	}
	return login.CustomerID, b.commit(t.Context(), login)
}

func TestALinkedIdentityIsItsCustomer(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	id, err := b.identify(t, customer.Identity{Person: aliceSub})
	testkit.Must(t, err)
	if id != aliceID {
		t.Errorf("got %s", id)
	}
}

func TestAnIdentityIsLinkedToOneCustomer(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: bobID}))
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	want(t, b.Link(t.Context(), bobID, aliceSub), customer.ErrLinkedElsewhere)
	want(t, b.Link(t.Context(), "1000000009", "auth0|x"), customer.ErrNotFound)
}

func TestAnUnknownIdentityIsNobodyByDefault(t *testing.T) {
	b := newBank(t)
	_, err := b.identify(t, customer.Identity{Person: aliceSub, Email: "alice@example.com", EmailVerified: true})
	want(t, err, customer.ErrUnknownIdentity)
}

func TestAVerifiedAddressLinksOnce(t *testing.T) {
	b := newBank(t, verifiedEmail)
	id, err := b.identify(t, customer.Identity{Person: aliceSub, Email: "ALICE@example.com", EmailVerified: true})
	testkit.Must(t, err)
	if id != aliceID {
		t.Fatalf("linked to %s", id)
	}
	if by := dynamo.TextOf(b.item(t, "identity#"+aliceSub)["linked_by"]); by != "verified_email" {
		t.Errorf("linked by %s", by)
	}
	id, err = b.identify(t, customer.Identity{Person: aliceSub}) // from now on the address does not matter
	if err != nil || id != aliceID {
		t.Errorf("got %s, %v", id, err)
	}
	if _, err := b.identify(t,
		customer.Identity{Person: "auth0|another", Email: "alice@example.com",
			EmailVerified: true}); !dynamo.ConditionFailed(err) {
		t.Errorf("a second identity was linked by the same address: %v", err)
	}
}

func TestAnAddressLinksNothingUnlessAllIsWell(t *testing.T) {
	b := newBank(t, verifiedEmail)
	testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: bobID, Name: "Kim", Email: "kim@example.com"}))
	for name, id := range map[string]customer.Identity{
		"not verified":                {Person: aliceSub, Email: "alice@example.com"},
		"no address":                  {Person: aliceSub, EmailVerified: true},
		"nobody's address":            {Person: aliceSub, Email: "eve@example.com", EmailVerified: true},
		"a provider not listed":       {Person: "google-oauth2|1", Email: "alice@example.com", EmailVerified: true},
		"a provider that looks so":    {Person: "auth0x|1", Email: "alice@example.com", EmailVerified: true},
		"a longer provider":           {Person: "auth0|evil|1", Email: "alice@example.com", EmailVerified: true},
		"another SAML connection":     {Person: "samlp|guests|1", Email: "alice@example.com", EmailVerified: true},
		"no provider":                 {Person: "1", Email: "alice@example.com", EmailVerified: true},
		"no sub":                      {Email: "alice@example.com", EmailVerified: true},
		"an address that folds to it": {Person: aliceSub, Email: "\uff41lice@example.com", EmailVerified: true},
		"a domain that folds to it":   {Person: aliceSub, Email: "alice@\uff45xample.com", EmailVerified: true},
		"a Kelvin sign for a k":       {Person: aliceSub, Email: "\u212aim@example.com", EmailVerified: true},
		"space around it":             {Person: aliceSub, Email: " alice@example.com", EmailVerified: true},
		"a line break after it":       {Person: aliceSub, Email: "alice@example.com\n", EmailVerified: true},
	} {
		if got, err := b.identify(t, id); !errors.Is(err, customer.ErrUnknownIdentity) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// An operator has seen who Alice's identity is. Her address, which may change hands, adds no other.
func TestAnAddressLinksNothingToACustomerWithAnIdentity(t *testing.T) {
	b := newBank(t, verifiedEmail)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	_, err := b.identify(t,
		customer.Identity{Person: "auth0|another", Email: "alice@example.com", EmailVerified: true})
	if !dynamo.ConditionFailed(err) {
		t.Errorf("a second identity was linked by the address: %v", err)
	}
}

func TestANameOfSeveralWordsIsLinkedAndLogsIn(t *testing.T) {
	b := newBank(t)
	const jane = "samlp|acme|Jane Roe"
	testkit.Must(t, b.Link(t.Context(), aliceID, jane))
	if id, err := b.identify(t, customer.Identity{Person: jane}); err != nil || id != aliceID {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestNothingIsLinkedWithoutTheSession(t *testing.T) {
	b := newBank(t, verifiedEmail)
	_, err := b.Identify(t.Context(),
		customer.Identity{Person: aliceSub, Email: "alice@example.com", EmailVerified: true}, home)
	testkit.Must(t, err)
	if b.item(t, "identity#"+aliceSub) != nil {
		t.Error("linked before the session was written")
	}
}

func user(person identity.Person) access.Principal {
	return access.Principal{Kind: access.KindUser, Tenant: person.Tenant(), Subject: person.Subject()}
}

func TestAUserActsAsTheCustomerTheyAreLinkedTo(t *testing.T) {
	b := newBank(t)
	_, err := b.Resolve(t.Context(), user(aliceSub))
	want(t, err, customer.ErrUnknownIdentity)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	if id, err := b.Resolve(t.Context(), user(aliceSub)); err != nil || id != aliceID {
		t.Errorf("once linked: %s, %v", id, err)
	}
}

func TestASessionActsAsItsCustomerWithoutARead(t *testing.T) {
	b := newBank(t)
	id, err := b.Resolve(t.Context(),
		access.Principal{Kind: access.KindSession, Subject: "customer|" + bobID, CustomerID: bobID})
	if err != nil || id != bobID {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestAMachineActsAsNobody(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, "machine@clients"))
	_, err := b.Resolve(t.Context(), access.Principal{Kind: access.KindClient, Subject: "machine@clients"})
	want(t, err, customer.ErrUnknownIdentity)
}

// Lambda stops the process between requests, and with it the clock that Go prefers to compare by.
func TestADisabledUserIsOutWithinAMinuteThatTheProcessSlept(t *testing.T) {
	now := time.Now()
	b := newBank(t, func(c *customer.Config) { c.Now = func() time.Time { return now } })
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	_, err := b.Resolve(t.Context(), user(aliceSub))
	testkit.Must(t, err)
	testkit.Must(t, b.Disable(t.Context(), aliceID, new(noSessions)))
	now = asleep(t, now, time.Hour)
	_, err = b.Resolve(t.Context(), user(aliceSub))
	want(t, err, customer.ErrUnknownIdentity)
}

// asleep is d after now by the wall clock, and no time at all by the monotonic one. Package time makes no such reading;
// the 33 bits from bit 30 of its first word are the seconds.
func asleep(t *testing.T, now time.Time, d time.Duration) time.Time {
	t.Helper()
	later := now
	*(*uint64)(unsafe.Pointer(&later)) += uint64(d/time.Second) << 30
	if later.Sub(now) != 0 || later.Round(0).Sub(now.Round(0)) != d {
		t.Fatal("package time keeps its readings in another form")
	}
	return later
}

func TestADisabledUserIsOutWithinAMinute(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	_, err := b.Resolve(t.Context(), user(aliceSub))
	testkit.Must(t, err)
	testkit.Must(t, b.Disable(t.Context(), aliceID, new(noSessions)))
	b.Pass(59 * time.Second)
	if id, err := b.Resolve(t.Context(), user(aliceSub)); err != nil || id != aliceID {
		t.Errorf("nothing was remembered: %s, %v", id, err)
	}
	b.Pass(time.Second)
	_, err = b.Resolve(t.Context(), user(aliceSub))
	want(t, err, customer.ErrUnknownIdentity)
}
