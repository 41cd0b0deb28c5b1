// Package testkit is what the tests of many packages need: a clock that a test moves, and the end of a test whose
// preparation failed.
package testkit

import (
	"sync"
	"time"
)

// Clock is a time that passes when a test says so. Its zero value is of no use: NewClock makes one.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows a whole hour of January 2027.
func NewClock() *Clock {
	return &Clock{now: time.Unix(1_800_000_000, 0)}
}

// Now returns the time that the clock shows, as time.Now does.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves the clock forward, or back where d is negative.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Must ends a test if what it builds on failed. t is a *testing.T, a *testing.B or a *rapid.T.
func Must(t interface {
	Helper()
	Fatal(...any)
}, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
