package identity

import "strings"

// Tenant is a tenant of Auth0 as the bank calls it. It may have several issuers, its domains. Its subs are its own: two
// tenants may give the same sub to two people.
type Tenant string

// Main is the tenant of a bank that has one.
const Main Tenant = "main"

// ParseTenant reads the name of a tenant. To compile an expression for it would make each cold start longer.
func ParseTenant(text string) (Tenant, error) {
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' }
	other := func(r rune) bool { return !letter(r) && (r < '0' || r > '9') && r != '-' }
	if text == "" || len(text) > 32 || !letter(rune(text[0])) || strings.ContainsFunc(text, other) {
		return "", ErrTenant
	}
	return Tenant(text), nil
}

// Own makes a name that tenant t gave unique among all tenants, for keys of tables and caches. The names of Main stay
// as they are. Those of another stand behind a space, the tenant and a number sign; no sub and no approval_id begins
// with a space.
func (t Tenant) Own(name string) string {
	if t == Main || t == "" {
		return name
	}
	return " " + string(t) + "#" + name
}

// Person is who a sub names at a tenant, by [Tenant.Own]: a sub of Main as it is.
type Person string

// PersonOf returns the person whom sub names at a tenant; without one, at Main.
func PersonOf(t Tenant, sub Subject) Person { return Person(t.Own(string(sub))) }

// Tenant is where the person's sub is from.
func (p Person) Tenant() Tenant {
	tenant, _ := p.parts()
	return tenant
}

// Subject is the person's sub.
func (p Person) Subject() Subject {
	_, sub := p.parts()
	return sub
}

func (p Person) parts() (Tenant, Subject) {
	if other, is := strings.CutPrefix(string(p), " "); is {
		tenant, sub, _ := strings.Cut(other, "#")
		return Tenant(tenant), Subject(sub)
	}
	return Main, Subject(p)
}
