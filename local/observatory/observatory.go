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

	"drawbridge/local/lambda"
)

// Root is where the console is; everything under it is the console's.
const Root = "/_drawbridge"

// Config is what an Observatory needs.
type Config struct {
	// Tenant is the address of the local tenant, which tells what its Actions do; empty if there is none.
	Tenant string
	Client *http.Client     // to ask it with; one with a short time-out if nil
	Ticks  <-chan time.Time // when to ask it while somebody watches; each second if nil
	// Reset replaces the data by fresh data.
	Reset func(context.Context) error
}

// Observatory is a gateway.Observer and the http.Handler of the console.
type Observatory struct {
	ring     *ring
	epoch    string // of this start: ids of another one mean nothing
	routes   http.Handler
	tenant   *tenant // nil if there is none
	patience time.Duration

	reset     func(context.Context) error
	functions lambda.Invoker // to replay requests; see Keep

	streams atomic.Int64
	watched chan struct{} // holds one: somebody has begun to watch
	closing chan struct{}
	close   sync.Once
	running sync.WaitGroup
}

// New returns an Observatory, which asks the tenant while a console is open. Close ends it.
func New(c Config) (*Observatory, error) {
	o := &Observatory{
		ring: newRing(), epoch: rand.Text(), patience: patience, reset: c.Reset,
		watched: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	o.routes = o.newRoutes()
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
	if c.Ticks == nil {
		c.Ticks = time.Tick(time.Second)
	}
	o.running.Go(func() { o.follow(ctx, c.Ticks) })
	return o, nil
}

// Close ends every stream, and returns when all goroutines have ended.
func (o *Observatory) Close() {
	o.close.Do(func() { close(o.closing) })
	o.running.Wait()
}

// ServeHTTP serves the console, whose paths begin with [Root]. Only its own page may reach it.
func (o *Observatory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	o.routes.ServeHTTP(w, r)
}

func (o *Observatory) newRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET "+Root+"/events", o.stream)
	m.HandleFunc("GET "+Root, page)
	m.HandleFunc("GET "+Root+"/{name...}", page)
	m.HandleFunc("POST "+Root+"/requests/{id}/replay", func(w http.ResponseWriter, r *http.Request) {
		done(w, o.replay(r.Context(), r.PathValue("id")))
	})
	m.HandleFunc("POST "+Root+"/reset", func(w http.ResponseWriter, r *http.Request) {
		done(w, o.reset(r.Context()))
	})
	return m
}

// done answers a command.
func done(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
