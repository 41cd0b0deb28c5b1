package customer

import (
	"context"
	"sync"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/identity"
)

const (
	rememberFor = time.Minute
	rememberMax = 1024
)

// Resolve returns the customer_id that a principal acts as, or [ErrUnknownIdentity].
//
// A session was made for a customer and says so. A user's identity is looked up, and remembered for up to a minute: so
// a warm function spends no read on it, and a disabled or unlinked one is out within a minute. That an identity is
// unknown is not remembered: once linked, it works at once.
func (d *Directory) Resolve(ctx context.Context, p access.Principal) (customerID string, err error) {
	switch p.Kind {
	case access.KindSession:
		return p.CustomerID, nil
	case access.KindUser:
		person := p.Person()
		if id, ok := d.resolved.get(person, d.now()); ok {
			return id, nil
		}
		began := d.now()
		customer, err := d.ByIdentity(ctx, person)
		if err != nil {
			return "", err
		}
		d.resolved.put(person, customer.ID, began.Add(rememberFor))
		return customer.ID, nil
	default: // a machine is nobody's customer
		return "", ErrUnknownIdentity
	}
}

// memory is what one process has looked up lately. Its zero value is empty.
type memory struct {
	mu      sync.Mutex
	entries map[identity.Person]remembered
}

type remembered struct {
	customerID string
	until      time.Time
}

func (m *memory) get(person identity.Person, now time.Time) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[person]
	return e.customerID, ok && now.Before(e.until)
}

// put forgets everything when full: in a process that serves one request at a time, that is rare and costs a read.
func (m *memory) put(person identity.Person, customerID string, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil || len(m.entries) >= rememberMax {
		m.entries = make(map[identity.Person]remembered)
	}
	m.entries[person] = remembered{customerID: customerID, until: until}
}
