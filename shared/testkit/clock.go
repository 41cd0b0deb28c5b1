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
