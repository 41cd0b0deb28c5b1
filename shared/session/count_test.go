package session_test

import "testing"

func TestTheSessionsOfOneCustomerAreCounted(t *testing.T) {
	b := newBank(t)
	for _, customerID := range []string{alice, alice, bob} {
		if _, err := b.Issue(t.Context(), customerID); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := b.Count(t.Context(), alice); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := b.RevokeAll(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Count(t.Context(), alice); n != 0 || err != nil {
		t.Errorf("%d after they were revoked, %v", n, err)
	}
}
