package identity

import (
	"regexp"
	"strings"
)

// Tenant is a tenant of Auth0 as the bank calls it. It may have several issuers, its domains. Its subs are its own: two
// tenants may give the same sub to two people.
type Tenant string

// Main is the tenant of a bank that has one.
const Main Tenant = "main"

var isTenant = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`).MatchString

// ParseTenant reads the name of a tenant.
func ParseTenant(text string) (Tenant, error) {
	if !isTenant(text) {
		return "", ErrTenant
	}
	return Tenant(text), nil
}

// Own makes a name that tenant t gave one that no other tenant's reads as: for keys of tables and of memories. The
// names of Main stay as they are. Those of another stand behind its own and a line break, which no name has that a
// token carries.
func (t Tenant) Own(name string) string {
	if t == Main || t == "" {
		return name
	}
	return string(t) + "\n" + name
}

// Person is who a sub names at a tenant, by [Tenant.Own]: a sub of Main as it is.
type Person string

// PersonOf returns the person whom sub names at a tenant; without one, at Main.
func PersonOf(t Tenant, sub Subject) Person { return Person(t.Own(string(sub))) }

// Tenant is where the person's sub is from.
func (p Person) Tenant() Tenant {
	if tenant, _, other := strings.Cut(string(p), "\n"); other {
		return Tenant(tenant)
	}
	return Main
}

// Subject is the person's sub.
func (p Person) Subject() Subject {
	if _, sub, other := strings.Cut(string(p), "\n"); other {
		return Subject(sub)
	}
	return Subject(p)
}
