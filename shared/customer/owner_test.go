package customer_test

import (
	"errors"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/testkit"
)

func TestWhoHasAnAddressAUsernameOrAnIdentityIsFound(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	for name, owner := range map[string]func(string) (string, error){
		"ALICE@example.com": func(s string) (string, error) { return b.EmailOwner(t.Context(), s) },
		"Alice":             func(s string) (string, error) { return b.UsernameOwner(t.Context(), s) },
		aliceSub:            func(s string) (string, error) { return b.IdentityOwner(t.Context(), s) },
	} {
		if id, err := owner(name); id != aliceID || err != nil {
			t.Errorf("%s is %q's, %v", name, id, err)
		}
		if id, err := owner(name + "x"); id != "" || err != nil {
			t.Errorf("%sx is %q's, %v", name, id, err)
		}
	}
}

func TestALoginThatMayNotBeChosenIsToldBeforehand(t *testing.T) {
	for _, c := range []struct {
		username, password string
		want               error
	}{
		{"carol", "a long and rare phrase", nil},
		{"carol and co", "a long and rare phrase", customer.ErrMalformedUsername},
		{"carol", "short", password.ErrTooShort},
		{"Carol-Carlsson", "carol-carlsson", password.ErrLikeUsername},
	} {
		if err := customer.CheckLogin(c.username, c.password); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.username, err)
		}
	}
}
