package testkit

import (
	"context"
	"net/http"
	"sync"
)

// Life is the life of a process that ends at one of its calls, whatever they are to: before it, or before its answer
// is read.
type Life struct {
	Calls int // the last of so many
	After bool
	End   context.CancelFunc // of the context of what the process does

	mu    sync.Mutex
	ended bool
}

// Ended tells whether the process came to its last call.
func (l *Life) Ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// Over is a transport whose calls count.
func (l *Life) Over(next http.RoundTripper) http.RoundTripper {
	return RoundTrip(func(r *http.Request) (*http.Response, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.ended {
			return nil, context.Canceled
		}
		if l.Calls--; l.Calls != 0 {
			return next.RoundTrip(r)
		}
		if l.After {
			response, err := next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
			if err != nil {
				return nil, err
			}
			_ = response.Body.Close()
		}
		l.ended = true
		l.End()
		return nil, context.Canceled
	})
}
