package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"drawbridge/local/loopback"
	"drawbridge/shared/remedy"
)

// readyPath answers 200 when every part is up and 503 before. It belongs to the runner.
const readyPath = "/_drawbridge/ready"

// port is an HTTP server that takes its port at the start, and answers 503 until its handler is ready.
type port struct {
	server *http.Server
	behind atomic.Pointer[http.Handler]
}

// openPort takes a port until the runner ends.
func (r *runner) openPort(number int, what string, pages loopback.Pages) (*port, error) {
	listener, err := listen(number, what)
	if err != nil {
		return nil, err
	}
	p := &port{}
	p.server = loopback.Serve(listener, pages, p)
	r.closing(p.close)
	return p, nil
}

// let sends requests to h from now on.
func (p *port) let(h http.Handler) { p.behind.Store(&h) }

func (p *port) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	behind := p.behind.Load()
	switch {
	case behind == nil:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "starting", http.StatusServiceUnavailable)
	case r.URL.Path == readyPath:
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintln(w, "ready")
	default:
		(*behind).ServeHTTP(w, r)
	}
}

// close gives the requests in hand half a second.
func (p *port) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if p.server.Shutdown(ctx) != nil {
		p.server.Close()
	}
}

func listen(number int, what string) (net.Listener, error) {
	listener, err := loopback.Listen(number)
	if err != nil {
		return nil, remedy.New(
			fmt.Sprintf("port %d, for %s, is taken", number, what),
			"End the program that has it (another Drawbridge?), or choose others with --base-port.", err,
		)
	}
	return listener, nil
}

// checkFree is for a port that a child will take: a conflict shows before anything slow begins.
func checkFree(number int, what string) error {
	listener, err := listen(number, what)
	if err != nil {
		return err
	}
	return listener.Close()
}
