// Package loopback serves ports of this machine to its programs and to chosen web pages.
//
// Every web page that a person visits can send requests to a loopback port, for its script runs on this machine. Three
// headers tell those requests apart:
//
//   - Host. An attacker may make a name of theirs resolve to 127.0.0.1 (DNS rebinding); the browser then takes the port
//     for a part of the page's own site, but names it in Host. Only localhost and the address itself are answered.
//   - Origin. Browsers send it with every request but a GET or HEAD whose answer no script may read
//     (https://fetch.spec.whatwg.org/#origin-header).
//   - Sec-Fetch-Site and Sec-Fetch-Mode. Browsers send them with every request to a loopback port, and no script can
//     set them (https://www.w3.org/TR/fetch-metadata/).
//
// Programs send neither of the last two.
//
// The connection of a request that has not arrived as a whole within seconds is closed. A body without end would hold
// it for ever, even if the request is refused.
package loopback

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	requestTime = 5 * time.Second  // for its body too: ten megabytes over the loopback interface take milliseconds
	idleTime    = 15 * time.Minute // between two requests: a function's process may work as long
)

// Pages are the web pages that a port is for.
type Pages struct {
	Own     bool     // those of the port itself, and links that lead to them from anywhere
	Origins []string // those of other origins whose scripts may send requests; "*" is every loopback origin
}

// Programs is the Pages of a port for programs alone.
var Programs = Pages{}

// Listen takes a port of 127.0.0.1; 0 is any that is free.
func Listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// Serve answers programs and the given pages by h.
func Serve(listener net.Listener, pages Pages, h http.Handler) *http.Server {
	server := newServer(listener, pages, h)
	go server.Serve(listener)
	return server
}

func newServer(listener net.Listener, pages Pages, h http.Handler) *http.Server {
	return &http.Server{
		Handler:     Guard(listener.Addr().(*net.TCPAddr).Port, pages, h),
		ReadTimeout: requestTime, IdleTimeout: idleTime,
		ErrorLog: log.New(io.Discard, "", 0), // of connections that break, as when a child is killed
	}
}

// Guard answers 421 to requests under another name, and 403 to those of other pages. Neither answer has a header that
// lets a page read it.
func Guard(port int, pages Pages, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !named(r.Host, port):
			text := fmt.Sprintf("this is http://localhost:%d, and answers to no other name", port)
			http.Error(w, text, http.StatusMisdirectedRequest)
		case !pages.allow(r):
			http.Error(w, pages.refusal(r), http.StatusForbidden)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// named tells whether host is one of the port's own names.
func named(host string, port int) bool {
	name, given, err := net.SplitHostPort(host)
	if err != nil {
		name, given = host, "80" // a browser leaves it out
	}
	return given == strconv.Itoa(port) && (name == "localhost" || name == "127.0.0.1")
}

func (p Pages) allow(r *http.Request) bool {
	switch origins := r.Header.Values("Origin"); len(origins) {
	case 0:
	case 1:
		origin := origins[0]
		return p.Own && origin == "http://"+r.Host || slices.ContainsFunc(p.Origins, func(o string) bool {
			return o == origin || o == "*" && local(origin)
		})
	default:
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "": // a program; or a browser from before 2023, which sends a GET or HEAD whose answer no script can read
		return true
	case "same-origin", "none": // a page of its own; an address that the person typed
		return p.Own
	}
	return p.Own && r.Header.Get("Sec-Fetch-Mode") == "navigate" // a link: a form has an Origin
}

// local tells whether an origin is a loopback one.
func local(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && origin == "http://"+u.Host && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
}

func (p Pages) refusal(r *http.Request) string {
	page := "web page"
	if origin := r.Header.Get("Origin"); origin != "" {
		page = fmt.Sprintf("web page of %.100q", origin)
	}
	if len(p.Origins) == 0 {
		return "no " + page + " may use this port"
	}
	return fmt.Sprintf("no %s may use this port; pages of %s may", page, strings.Join(p.Origins, ", "))
}
