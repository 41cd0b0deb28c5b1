package customer_test

import (
	"context"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

const (
	aliceID, bobID = "1000000001", "1000000002"
	aliceSub       = "auth0|66f0a1c0de00000000000001"
	alicePassword  = "alice-at-the-bank"
	home, away     = "192.0.2.1", "198.51.100.7"
)

// directory is one on the real engine with one customer, alice, and a clock that the test moves.
type directory struct {
	*customer.Directory
	*testkit.Clock
	t  *testing.T
	db *dynamotest.DB
}

func newDirectory(t *testing.T, change ...func(*customer.Config)) *directory {
	t.Helper()
	d := &directory{t: t, db: dynamotest.New(t), Clock: testkit.NewClock()}
	d.Directory = customertest.On(t, d.db, nil,
		append([]func(*customer.Config){func(c *customer.Config) { c.Now = d.Now }}, change...)...)
	testkit.Must(t, d.Create(t.Context(),
		customer.Customer{ID: aliceID, Name: "Alice Archer", Email: "Alice@example.com"}))
	testkit.Must(t, d.SetPassword(t.Context(), aliceID, "alice", alicePassword))
	return d
}

// linked is a directory in which aliceSub is alice's.
func linked(t *testing.T, change ...func(*customer.Config)) *directory {
	t.Helper()
	d := newDirectory(t, change...)
	d.link(aliceID, aliceSub)
	return d
}

func (d *directory) link(customerID string, person identity.Person) {
	d.t.Helper()
	testkit.Must(d.t, d.Link(d.t.Context(), customerID, person))
}

func (d *directory) unlink(customerID string, person identity.Person) {
	d.t.Helper()
	testkit.Must(d.t, d.Unlink(d.t.Context(), customerID, person))
}

// commit carries a login's writes out, as the session that they belong to would.
func (d *directory) commit(login customer.Login) error {
	return dynamo.Transact(d.t.Context(), d.db.Client, login.Writes...)
}

// login is a whole login by password: authenticated and committed.
func (d *directory) login(username, password, address string) error {
	login, err := d.Authenticate(d.t.Context(), username, password, address)
	if err != nil {
		return err
	}
	return d.commit(login)
}

// identify is a whole login by an identity, whose address is alice's and verified.
func (d *directory) identify(person identity.Person) (string, error) {
	return d.identifyAs(customer.Identity{Person: person, Email: "alice@example.com", EmailVerified: true})
}

func (d *directory) identifyAs(id customer.Identity) (string, error) {
	login, err := d.Identify(d.t.Context(), id, home)
	if err != nil {
		return "", err
	}
	return login.CustomerID, d.commit(login)
}

// opens fails the test unless the identity logs in as the customer.
func (d *directory) opens(person identity.Person, customerID string) {
	d.t.Helper()
	if id, err := d.identifyAs(customer.Identity{Person: person}); err != nil || id != customerID {
		d.t.Errorf("%q logs in as %q, %v, want %s", person, id, err, customerID)
	}
}

// acts fails the test unless a user's request is made in the customer's name, in nobody's if empty.
func (d *directory) acts(person identity.Person, customerID string) {
	d.t.Helper()
	want := error(nil)
	if customerID == "" {
		want = customer.ErrUnknownIdentity
	}
	p := resttest.User(person.Subject())
	p.Tenant = person.Tenant()
	id, err := d.Resolve(d.t.Context(), p)
	if testkit.WantError(d.t, err, want); id != customerID {
		d.t.Errorf("%q acts as %q, want %q", person, id, customerID)
	}
}

// late fails the test unless a condition of a login's writes has failed.
func (d *directory) late(err error) {
	d.t.Helper()
	if !dynamo.ConditionFailed(err) {
		d.t.Errorf("it got in: %v", err)
	}
}

func (d *directory) item(key string) dynamo.Item {
	d.t.Helper()
	return d.db.Item(d.t, "CustomersTable", dynamo.Item{"key": dynamo.Text(key)})
}

func (d *directory) disable(customerID string) {
	d.t.Helper()
	testkit.Must(d.t, d.Disable(d.t.Context(), customerID, new(noSessions)))
}

// noSessions stands for the session store of a customer who has none.
type noSessions struct{ asked string }

func (s *noSessions) RevokeAll(_ context.Context, customerID string) (int, error) {
	s.asked = customerID
	return 0, nil
}
