package customer_test

import (
	"slices"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

func TestTheSameSubAtTwoTenantsIsTwoPeople(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: bobID}))
	theirs := identity.PersonOf("acme", aliceSub)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	for _, stranger := range []identity.Person{
		theirs, identity.PersonOf("acm", aliceSub), "acme#" + aliceSub, identity.PersonOf("main-2", aliceSub),
	} {
		_, err := b.Resolve(t.Context(), user(stranger))
		want(t, err, customer.ErrUnknownIdentity)
		_, err = b.identify(t, customer.Identity{Person: stranger})
		want(t, err, customer.ErrUnknownIdentity)
	}
	testkit.Must(t, b.Link(t.Context(), bobID, theirs))
	for range 2 { // the second time both are remembered
		for person, id := range map[identity.Person]string{aliceSub: aliceID, theirs: bobID} {
			if got, err := b.Resolve(t.Context(), user(person)); err != nil || got != id {
				t.Errorf("%q is %s, %v", person, got, err)
			}
		}
	}
	testkit.Must(t, b.Unlink(t.Context(), bobID, theirs))
	if id, err := b.identify(t, customer.Identity{Person: aliceSub}); err != nil || id != aliceID {
		t.Errorf("unlinking the one unlinked the other: %s, %v", id, err)
	}
}

func TestACustomersPeopleOfSeveralTenantsAreListedAndApprove(t *testing.T) {
	b := newBank(t)
	theirs := identity.PersonOf("acme", aliceSub)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	testkit.Must(t, b.Link(t.Context(), aliceID, theirs))
	people, err := b.Identities(t.Context(), aliceID)
	testkit.Must(t, err)
	approvers, err := b.Approvers(t.Context(), aliceID, people...)
	testkit.Must(t, err)
	if want := []identity.Person{theirs, aliceSub}; !slices.Equal(people, want) || !slices.Equal(approvers, want) {
		t.Errorf("%q, of whom %q approve", people, approvers)
	}
}

func TestAVerifiedAddressOfAnotherTenantLinksNobody(t *testing.T) {
	b := newBank(t, verifiedEmail)
	_, err := b.identify(t, customer.Identity{
		Person: identity.PersonOf("acme", aliceSub), Email: "alice@example.com", EmailVerified: true,
	})
	want(t, err, customer.ErrUnknownIdentity)
}
