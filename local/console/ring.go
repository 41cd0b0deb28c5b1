package console

import (
	"cmp"
	"slices"
	"sync"
)

// capacity is how many requests, and how many runs of Actions, are kept.
const capacity = 200

// ring keeps the newest state of the last things of each kind. Values are replaced and never changed, so a reader needs
// no lock.
type ring struct {
	mu       sync.Mutex
	sequence uint64
	changed  chan struct{} // closed, and made anew, at each change
	requests shelf[request]
	runs     shelf[run]
	status   entry[status]
}

// event is the state of a thing and the sequence number of its last change.
type event struct {
	sequence uint64
	kind     string
	value    any
}

func newRing() *ring { return &ring{changed: make(chan struct{})} }

// put changes the thing under key. If there is none, change gets the zero value or, without create, put reports false.
func put[T any](r *ring, s *shelf[T], key string, create bool, change func(number uint64, old T) T) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := s.byKey[key]
	if e == nil {
		if !create {
			return false
		}
		e = s.add(key)
	}
	r.sequence++
	e.sequence, e.value = r.sequence, change(e.number, e.value)
	r.wake()
	return true
}

// say changes the status.
func (r *ring) say(change func(status) status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := change(r.status.value)
	if next == r.status.value && r.status.sequence > 0 {
		return
	}
	r.sequence++
	r.status.sequence, r.status.value = r.sequence, next
	r.wake()
}

func (r *ring) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// after returns what has changed since a sequence number, in the order of the changes, and a channel that closes at
// the next change.
func (r *ring) after(cursor uint64) ([]event, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := newer(newer(nil, "request", &r.requests, cursor), "run", &r.runs, cursor)
	if r.status.sequence > cursor {
		events = append(events, event{r.status.sequence, "status", r.status.value})
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.sequence, b.sequence) })
	return events, r.changed
}

// shelf is the things of one kind, the oldest first.
type shelf[T any] struct {
	byKey map[string]*entry[T]
	order []*entry[T]
	added uint64
}

type entry[T any] struct {
	key      string
	number   uint64
	sequence uint64
	value    T
}

// add makes room and an entry.
func (s *shelf[T]) add(key string) *entry[T] {
	if s.byKey == nil {
		s.byKey = map[string]*entry[T]{}
	}
	if len(s.order) == capacity {
		delete(s.byKey, s.order[0].key)
		s.order = slices.Delete(s.order, 0, 1)
	}
	s.added++
	e := &entry[T]{key: key, number: s.added}
	s.byKey[key], s.order = e, append(s.order, e)
	return e
}

func newer[T any](events []event, kind string, s *shelf[T], cursor uint64) []event {
	for _, e := range s.order {
		if e.sequence > cursor {
			events = append(events, event{e.sequence, kind, e.value})
		}
	}
	return events
}
