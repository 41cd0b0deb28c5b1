// Package console serves a web page that shows each request on its way through gateway, authorizer, function and
// tables, and the tenant's Actions beside it.
//
//	gateway.Observer ─┐
//	iam.Operation ────┼─► what may be shown ─► Ring (the last 200 requests and 200 runs) ─► server-sent events ─► page
//	GET /_tenant/actions ┘
//
// # What is shown
//
// shown.go decides. Of a token the page shows the header and the claims that its tables name, of a request method,
// route and answer. Log lines are shown as they are written, without what has the shape of a credential. Signatures,
// authorization codes, session_ids and the bodies of logins are never kept, so no event and no replay can hold them.
//
// # State, not news
//
// The ring holds the newest state of each request under the sequence number of its last change. A stream is a cursor
// into the ring and sends the state of each request that changed since. A client that reconnects resumes at its
// Last-Event-ID; a slow one skips intermediate states; no client has a queue.
// (https://html.spec.whatwg.org/multipage/server-sent-events.html)
//
// # Whose table operation it is
//
// A function's processes share one address of DynamoDB, so the address does not tell which request an operation serves.
// The trace does: the gateway gives each request the root of a trace, Lambda hands it to the process with the event
// (Lambda-Runtime-Trace-Id), and the AWS SDK sends it with every request ("recursion detection",
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). An operation of any other trace
// is counted alone.
package console

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

// Config is what a Console needs.
type Config struct {
	// Tenant is the address of the local tenant, which tells what its Actions do; empty if there is none.
	Tenant string
	Ticks  <-chan time.Time // when to ask it while somebody watches; each second if nil
	// Reset replaces the data by fresh data.
	Reset func(context.Context) error
}

// Console is a gateway.Observer and the http.Handler of the page.
type Console struct {
	ring     *ring
	epoch    string // of this start: ids of another one mean nothing
	routes   http.Handler
	tenant   *tenant // nil if there is none
	patience time.Duration

	reset     func(context.Context) error
	functions lambda.Invoker // to replay requests; see Keep

	streams atomic.Int64
	watched chan struct{} // holds one: somebody has begun to watch
	open    context.Context
	close   context.CancelFunc
	running sync.WaitGroup
}

// New returns a Console, which asks the tenant while its page is open. Close ends it.
func New(config Config) (*Console, error) {
	c := &Console{
		ring: newRing(), epoch: rand.Text(), patience: patience, reset: config.Reset, watched: make(chan struct{}, 1),
	}
	c.open, c.close = context.WithCancel(context.Background())
	c.routes = c.newRoutes()
	if config.Tenant == "" {
		c.ring.say(func(s status) status { s.Tenant = "none"; return s })
		return c, nil
	}
	address, err := url.JoinPath(config.Tenant, "_tenant", "actions")
	if err != nil || !strings.HasPrefix(config.Tenant, "http") {
		return nil, errors.New("console: the tenant's address is not a URL")
	}
	c.tenant = &tenant{address: address, client: &http.Client{Timeout: 2 * time.Second}, seen: map[string]string{}}
	if config.Ticks == nil {
		config.Ticks = time.Tick(time.Second)
	}
	c.running.Go(func() { c.follow(config.Ticks) })
	return c, nil
}

// Close ends every stream, and returns when all goroutines have ended.
func (c *Console) Close() {
	c.close()
	c.running.Wait()
}

// ServeHTTP serves the console, whose paths begin with [Root]. Only its own page may reach it.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	c.routes.ServeHTTP(w, r)
}

func (c *Console) newRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET "+Root+"/events", c.stream)
	m.HandleFunc("GET "+Root, page)
	m.HandleFunc("GET "+Root+"/{name...}", page)
	m.HandleFunc("POST "+Root+"/requests/{id}/replay", func(w http.ResponseWriter, r *http.Request) {
		done(w, c.replay(r.Context(), r.PathValue("id")))
	})
	m.HandleFunc("POST "+Root+"/reset", func(w http.ResponseWriter, r *http.Request) {
		done(w, c.reset(r.Context()))
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
