package customer_test

import (
	"slices"
	"testing"

	"drawbridge/shared/access"
	"drawbridge/shared/customer"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

var theirs = identity.PersonOf("acme", aliceSub)

func TestTheSameSubAtTwoTenantsIsTwoPeople(t *testing.T) {
	d := linked(t)
	testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: bobID}))
	for _, stranger := range []identity.Person{
		theirs, identity.PersonOf("acm", aliceSub), "acme#" + aliceSub, identity.PersonOf("main-2", aliceSub),
	} {
		d.acts(stranger, "")
		_, err := d.identify(stranger)
		testkit.WantError(t, err, customer.ErrUnknownIdentity)
	}
	d.link(bobID, theirs)
	for range 2 { // the second time both are remembered
		d.acts(aliceSub, aliceID)
		d.acts(theirs, bobID)
	}
	d.unlink(bobID, theirs)
	d.opens(aliceSub, aliceID)
}

func TestACustomersPeopleOfSeveralTenantsAreListedAndApprove(t *testing.T) {
	d := linked(t)
	d.link(aliceID, theirs)
	code := access.Principal{Kind: access.KindSession, CustomerID: aliceID}
	approvers, err := d.Approvers(t.Context(), code, aliceID)
	testkit.Must(t, err)
	if want := []identity.Person{theirs, aliceSub}; !slices.Equal(approvers, want) {
		t.Errorf("%q approve", approvers)
	}
	d.disable(aliceID)
	if approvers, err := d.Approvers(t.Context(), code, aliceID); len(approvers) > 0 || err != nil {
		t.Errorf("of a disabled customer %q approve, %v", approvers, err)
	}
}

func TestAVerifiedAddressOfAnotherTenantLinksNobody(t *testing.T) {
	_, err := newDirectory(t, verifiedEmail).identify(theirs)
	testkit.WantError(t, err, customer.ErrUnknownIdentity)
}
