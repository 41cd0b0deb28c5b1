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
		link, err := d.remembered(ctx, p.Person())
		return link.CustomerID, err
	default: // a machine is nobody's customer
		return "", ErrUnknownIdentity
	}
}

// remembered returns the link of a person who may act as its customer, or [ErrUnknownIdentity].
func (d *Directory) remembered(ctx context.Context, person identity.Person) (Link, error) {
	if link, ok := d.resolved.get(person, d.Now()); ok {
		return link, nil
	}
	began := d.Now()
	link, err := d.linkOf(ctx, person)
	if err == nil {
		_, err = d.enabledOwner(ctx, link)
	}
	if err != nil {
		return Link{}, err
	}
	d.resolved.put(link, began.Add(rememberFor))
	return link, nil
}

// memory is what one process has looked up lately. Its zero value is empty.
type memory struct {
	mu      sync.Mutex
	entries map[identity.Person]entry
}

type entry struct {
	link  Link
	until time.Time
}

func (m *memory) get(person identity.Person, now time.Time) (Link, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[person]
	return e.link, ok && now.Before(e.until)
}

// put forgets everything when full: in a process that serves one request at a time, that is rare and costs a read.
func (m *memory) put(link Link, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil || len(m.entries) >= rememberMax {
		m.entries = make(map[identity.Person]entry)
	}
	m.entries[link.Person] = entry{link, until}
}
