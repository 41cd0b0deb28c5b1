package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// readyPath answers 200 when everything is up and 503 before. It is the runner's own and no route of the template.
const readyPath = "/_drawbridge/ready"

// door is an HTTP server that holds its port from the first moment of the start, and says so until what is behind it
// is ready. Only a loopback name may stand in Host: a web page elsewhere whose name is made to resolve to 127.0.0.1
// (DNS rebinding) gets nothing.
type door struct {
	server *http.Server
	port   int
	behind atomic.Pointer[http.Handler]
}

func openDoor(port int, what string) (*door, error) {
	listener, err := listen(port, what)
	if err != nil {
		return nil, err
	}
	d := &door{port: port}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go d.server.Serve(listener)
	return d, nil
}

// let sends requests to h from now on.
func (d *door) let(h http.Handler) { d.behind.Store(&h) }

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !d.local(r.Host) {
		http.Error(w, fmt.Sprintf("this is http://localhost:%d, and answers to no other name", d.port), http.StatusMisdirectedRequest)
		return
	}
	behind := d.behind.Load()
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

func (d *door) local(host string) bool {
	name, port, err := net.SplitHostPort(host)
	return err == nil && port == fmt.Sprint(d.port) && (name == "localhost" || name == "127.0.0.1")
}

// close lets requests in hand finish for a moment.
func (d *door) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if d.server.Shutdown(ctx) != nil {
		d.server.Close()
	}
}
