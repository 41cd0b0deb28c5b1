// Package testkit is what the tests of many packages need: a clock that a test moves, a log that a test reads, the end
// of a test whose preparation failed, what a test wants, a wait for it, and many callers at one instant.
package testkit

import (
	"errors"
	"net/http"
	"sync"
)

// T is a *testing.T, a *testing.B or a *rapid.T.
type T interface {
	Helper()
	Errorf(format string, values ...any)
	Fatal(...any)
}

// Must ends a test if what it builds on failed.
func Must(t T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// WantError fails a test unless the error is the wanted one, or wraps it.
func WantError(t T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// Together calls f n times at one instant, with 0 to n-1, and waits until all have returned.
func Together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

// RoundTrip is a transport that a test writes as a function.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
