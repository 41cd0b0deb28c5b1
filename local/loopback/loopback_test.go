package loopback

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

const port = 3000

// ask sends a request with headers, as name, value, to a port of the given pages.
func ask(pages Pages, method, host string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	r.Host = host
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Guard(port, pages, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	})).ServeHTTP(w, r)
	return w.Result()
}

const (
	ours   = "localhost:3000"
	app    = "http://localhost:3002"
	site   = "Sec-Fetch-Site"
	mode   = "Sec-Fetch-Mode"
	origin = "Origin"
)

func TestAPortAnswersToItsOwnNamesOnly(t *testing.T) {
	for host, want := range map[string]int{
		"localhost:3000": 418, "127.0.0.1:3000": 418,
		"localhost:3001": 421, "localhost": 421, "": 421, ".": 421, "evil.example:3000": 421, "evil.example": 421,
		"localhost.evil.example:3000": 421, "127.0.0.1.evil.example:3000": 421, "localhost:3000.evil.example": 421,
		"0.0.0.0:3000": 421, "127.0.0.2:3000": 421, "[::1]:3000": 421, "localhost:03000": 421, "user@localhost:3000": 421,
	} {
		if got := ask(Programs, "GET", host).StatusCode; got != want {
			t.Errorf("%q: %d, want %d", host, got, want)
		}
	}
}

func TestAPageIsAnsweredWhereThePortIsForIt(t *testing.T) {
	page := Pages{Own: true, Origins: []string{app}}
	anyLocal := Pages{Origins: []string{"*"}}
	for name, c := range map[string]struct {
		method                string
		headers               []string
		page, local, programs int
	}{
		"a program":                    {"POST", nil, 418, 418, 418},
		"a program's fetch":            {"POST", []string{mode, "cors"}, 418, 418, 418},
		"an address typed":             {"GET", []string{site, "none", mode, "navigate"}, 418, 403, 403},
		"a link on a foreign page":     {"GET", []string{site, "cross-site", mode, "navigate"}, 418, 403, 403},
		"its own script":               {"GET", []string{site, "same-origin", mode, "cors"}, 418, 403, 403},
		"its own script that writes":   {"POST", []string{origin, "http://" + ours, site, "same-origin"}, 418, 418, 403},
		"the app's script":             {"POST", []string{origin, app, site, "same-site"}, 418, 418, 403},
		"the app's preflight":          {"OPTIONS", []string{origin, app, site, "same-site"}, 418, 418, 403},
		"a page of another local port": {"POST", []string{origin, "http://127.0.0.1:8080"}, 403, 418, 403},
		"an image on a foreign page":   {"GET", []string{site, "cross-site", mode, "no-cors"}, 403, 403, 403},
		"an image on a local page":     {"GET", []string{site, "same-site", mode, "no-cors"}, 403, 403, 403},
		"a foreign script":             {"GET", []string{origin, "https://evil.example", site, "cross-site"}, 403, 403, 403},
		"a foreign form": {
			"POST", []string{origin, "https://evil.example", site, "cross-site", mode, "navigate"}, 403, 403, 403,
		},
		"a form of no origin": {
			"POST", []string{origin, "null", site, "cross-site", mode, "navigate"}, 403, 403, 403,
		},
		"a sandboxed page":           {"POST", []string{origin, "null"}, 403, 403, 403},
		"a foreign preflight":        {"OPTIONS", []string{origin, "https://evil.example"}, 403, 403, 403},
		"a name that begins as ours": {"POST", []string{origin, "http://localhost.evil.example"}, 403, 403, 403},
		"a user that is called so":   {"POST", []string{origin, "http://localhost:1@evil.example"}, 403, 403, 403},
		"two origins":                {"POST", []string{origin, app, origin, "https://evil.example"}, 403, 403, 403},
		"an older browser's script":  {"POST", []string{origin, "https://evil.example"}, 403, 403, 403},
		"a local page by https":      {"POST", []string{origin, "https://localhost:8080"}, 403, 403, 403},
		"a local page of a user":     {"POST", []string{origin, "http://a@localhost:8080"}, 403, 403, 403},
		"an empty origin":            {"POST", []string{origin, ""}, 403, 403, 403},
	} {
		for kind, want := range map[string]struct {
			pages Pages
			code  int
		}{
			"a port of pages": {page, c.page}, "a port of any local page": {anyLocal, c.local},
			"a port of programs": {Programs, c.programs},
		} {
			answer := ask(want.pages, c.method, ours, c.headers...)
			if answer.StatusCode != want.code {
				t.Errorf("%s at %s: %d, want %d", name, kind, answer.StatusCode, want.code)
			}
			for header := range answer.Header {
				if strings.HasPrefix(header, "Access-Control-") {
					t.Errorf("%s at %s: it gives %s", name, kind, header)
				}
			}
		}
	}
}

// serve answers by h on a port whose requests must have come within limit.
func serve(t *testing.T, limit time.Duration, h http.HandlerFunc) string {
	t.Helper()
	listener, err := Listen(0)
	testkit.Must(t, err)
	server := newServer(listener, Programs, h)
	server.ReadTimeout = limit
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

func TestABodyThatNeverEndsIsClosed(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"that is read": func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err == nil {
				t.Error("it ended")
			}
		},
		"that nobody reads": func(http.ResponseWriter, *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			address := serve(t, 50*time.Millisecond, h)
			connection, err := net.Dial("tcp", address)
			testkit.Must(t, err)
			defer connection.Close()
			_, _ = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: "+address+"\r\nContent-Length: 100\r\n\r\nonly this")
			_ = connection.SetReadDeadline(time.Now().Add(5 * time.Second))
			if _, err := io.Copy(io.Discard, connection); err != nil {
				t.Errorf("it is still open: %v", err)
			}
		})
	}
}

func TestAnAnswerMayTakeLongerThanABody(t *testing.T) {
	const limit = 50 * time.Millisecond
	address := serve(t, limit, func(w http.ResponseWriter, r *http.Request) {
		read, _ := io.ReadAll(r.Body)
		select {
		case <-r.Context().Done():
			t.Error("the request was given up")
		case <-time.After(3 * limit):
		}
		w.Header().Set("Read", strconv.Itoa(len(read)))
	})
	for range 2 { // the second on the same connection
		answer, err := http.Post("http://"+address, "text/plain", strings.NewReader("all of it"))
		testkit.Must(t, err)
		answer.Body.Close()
		if answer.Header.Get("Read") != "9" {
			t.Errorf("%v", answer.Header)
		}
	}
}
