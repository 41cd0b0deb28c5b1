package observatory

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Root is where the console is; everything under it is the console's.
const Root = "/_drawbridge"

// Config is what an Observatory needs.
type Config struct {
	// Tenant is the address of the local tenant, which tells what its Actions do; empty if there is none.
	Tenant string
	Client *http.Client // to ask it with; one with a short time-out if nil
}

// Observatory is a gateway.Observer and the http.Handler of the console.
type Observatory struct {
	ring     *ring
	epoch    string // of this start: ids of another one mean nothing
	pages    http.Handler
	tenant   *tenant // nil if there is none
	patience time.Duration

	streams atomic.Int64
	watched chan struct{} // holds one: somebody has begun to watch
	closing chan struct{}
	close   sync.Once
	running sync.WaitGroup
}

// New starts to ask the tenant, once somebody watches. Close ends it.
func New(c Config) (*Observatory, error) {
	o := &Observatory{
		ring: newRing(), epoch: rand.Text(), pages: pages(), patience: patience,
		watched: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	if c.Tenant == "" {
		o.ring.say(func(s Status) Status { s.Tenant = "none"; return s })
		return o, nil
	}
	address, err := url.JoinPath(c.Tenant, "_tenant", "actions")
	if err != nil || !strings.HasPrefix(c.Tenant, "http") {
		return nil, errors.New("observatory: the tenant's address is not a URL")
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 2 * time.Second}
	}
	o.tenant = &tenant{address: address, client: c.Client, seen: map[string]string{}}
	ctx, stop := context.WithCancel(context.Background())
	o.running.Go(func() { <-o.closing; stop() })
	o.running.Go(func() { o.follow(ctx) })
	return o, nil
}

// Close ends every stream and returns when nothing runs any more.
func (o *Observatory) Close() {
	o.close.Do(func() { close(o.closing) })
	o.running.Wait()
}

// ServeHTTP serves the console, whose paths begin with [Root]. No page but its own may reach it.
func (o *Observatory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the console is only looked at", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == Root+"/events" && r.Method == http.MethodGet {
		o.stream(w, r)
		return
	}
	o.pages.ServeHTTP(w, r)
}
