package identity_test

import (
	"testing"

	"drawbridge/shared/identity"
)

func TestAPersonIsReadBackAndNoTwoTenantsHaveOne(t *testing.T) {
	seen := map[identity.Person]string{}
	for _, tenant := range []identity.Tenant{identity.Main, "acme", "acme-2", "a", "identity"} {
		for _, sub := range []identity.Subject{
			"auth0|1", "acme#auth0|1", "#acme#auth0|1", "acme auth0|1", "acme# b#auth0|1", "acme", "identity#auth0|1",
			"2#auth0|1", "a#b", "acme-2", "main#auth0|1",
		} {
			if _, err := identity.ParseSubject(string(sub)); err != nil {
				t.Fatalf("%q is no sub", sub)
			}
			person := identity.PersonOf(tenant, sub)
			if person.Tenant() != tenant || person.Subject() != sub {
				t.Errorf("%s at %s reads as %s at %s", sub, tenant, person.Subject(), person.Tenant())
			}
			if other, there := seen[person]; there {
				t.Errorf("%s at %s is %s too", sub, tenant, other)
			}
			seen[person] = string(sub) + " at " + string(tenant)
		}
	}
	if identity.PersonOf(identity.Main, "auth0|1") != "auth0|1" || identity.PersonOf("", "auth0|1") != "auth0|1" {
		t.Error("the main tenant's people are not named by their subs")
	}
	if _, err := identity.ParseSubject(" acme#auth0|1"); err == nil {
		t.Error("a sub may begin with the space that sets tenants apart")
	}
}
