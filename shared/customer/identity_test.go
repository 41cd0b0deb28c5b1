package customer_test

import (
	"testing"
	"time"
	"unsafe"

	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

func verifiedEmail(c *customer.Config) { c.Providers = []string{"auth0", "samlp|staff"} }

func TestALinkedIdentityIsItsCustomer(t *testing.T) {
	d := linked(t)
	d.link(aliceID, aliceSub)
	d.opens(aliceSub, aliceID)
	const jane = "samlp|acme|Jane Roe" // a name of several words
	d.link(aliceID, jane)
	d.opens(jane, aliceID)
}

func TestAnIdentityIsLinkedToOneCustomer(t *testing.T) {
	d := linked(t)
	testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: bobID}))
	testkit.WantError(t, d.Link(t.Context(), bobID, aliceSub), customer.ErrLinkedElsewhere)
	testkit.WantError(t, d.Link(t.Context(), "1000000009", "auth0|x"), customer.ErrNotFound)
}

func TestAnUnknownIdentityIsNobodyByDefault(t *testing.T) {
	_, err := newDirectory(t).identify(aliceSub)
	testkit.WantError(t, err, customer.ErrUnknownIdentity)
}

func TestAVerifiedAddressLinksOnce(t *testing.T) {
	d := newDirectory(t, verifiedEmail)
	id, err := d.identifyAs(customer.Identity{Person: aliceSub, Email: "ALICE@example.com", EmailVerified: true})
	if err != nil || id != aliceID {
		t.Fatalf("linked to %s, %v", id, err)
	}
	if by := dynamo.TextOf(d.item("identity#" + aliceSub)["linked_by"]); by != "verified_email" {
		t.Errorf("linked by %s", by)
	}
	d.opens(aliceSub, aliceID) // from now on the address does not matter
	_, err = d.identify("auth0|another")
	d.late(err)
}

func TestAnAddressLinksNothingUnlessAllIsWell(t *testing.T) {
	d := newDirectory(t, verifiedEmail)
	testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: bobID, Name: "Kim", Email: "kim@example.com"}))
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
		t.Run(name, func(t *testing.T) {
			_, err := d.identifyAs(id)
			testkit.WantError(t, err, customer.ErrUnknownIdentity)
		})
	}
}

// An operator has seen who Alice's identity is. Her address, which may change hands, adds no other.
func TestAnAddressLinksNothingToACustomerWithAnIdentity(t *testing.T) {
	d := linked(t, verifiedEmail)
	_, err := d.identify("auth0|another")
	d.late(err)
}

func TestNothingIsLinkedWithoutTheSession(t *testing.T) {
	d := newDirectory(t, verifiedEmail)
	_, err := d.Identify(t.Context(),
		customer.Identity{Person: aliceSub, Email: "alice@example.com", EmailVerified: true}, home)
	testkit.Must(t, err)
	if d.item("identity#"+aliceSub) != nil {
		t.Error("linked before the session was written")
	}
}

func TestAUserActsAsTheCustomerTheyAreLinkedTo(t *testing.T) {
	d := newDirectory(t)
	d.acts(aliceSub, "")
	d.link(aliceID, aliceSub)
	d.acts(aliceSub, aliceID)
}

func TestASessionActsAsItsCustomerWithoutARead(t *testing.T) {
	id, err := newDirectory(t).Resolve(t.Context(), resttest.Session(bobID)) // who is not there
	if err != nil || id != bobID {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestAMachineActsAsNobody(t *testing.T) {
	d := newDirectory(t)
	p := resttest.Machine("machine")
	d.link(aliceID, p.Person())
	_, err := d.Resolve(t.Context(), p)
	testkit.WantError(t, err, customer.ErrUnknownIdentity)
}

// Lambda stops the process between requests, and with it the clock that Go prefers to compare by.
func TestADisabledUserIsOutWithinAMinuteThatTheProcessSlept(t *testing.T) {
	now := time.Now()
	d := linked(t, func(c *customer.Config) { c.Now = func() time.Time { return now } })
	d.acts(aliceSub, aliceID)
	d.disable(aliceID)
	now = asleep(t, now, time.Hour)
	d.acts(aliceSub, "")
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
	outWithinAMinute(t, (*directory).disableAlice)
}
func TestAnUnlinkedUserIsOutWithinAMinute(t *testing.T) {
	outWithinAMinute(t, (*directory).unlinkAlice)
}

// outWithinAMinute throws alice's user out: they act as alice for as long as it is remembered.
func outWithinAMinute(t *testing.T, out func(*directory)) {
	t.Helper()
	d := linked(t)
	d.acts(aliceSub, aliceID)
	out(d)
	d.Pass(59 * time.Second)
	d.acts(aliceSub, aliceID)
	d.Pass(time.Second)
	d.acts(aliceSub, "")
}

func (d *directory) disableAlice() { d.disable(aliceID) }
func (d *directory) unlinkAlice()  { d.unlink(aliceID, aliceSub) }
