package console

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/shared/testkit"
)

// server serves the console as the door does.
func server(t *testing.T, o *Console) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(o)
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(4096) // so that a client that does not read is soon one that holds up
		return ctx
	}
	s.Start()
	t.Cleanup(s.Close)
	t.Cleanup(o.Close) // first: the server waits for the streams
	return s
}

// client reads a stream of events.
type client struct {
	t        *testing.T
	lines    *bufio.Scanner
	response *http.Response
	close    context.CancelFunc
}

func connect(t *testing.T, s *httptest.Server, header ...string) *client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL+Root+"/events", nil)
	testkit.Must(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := s.Client().Do(r)
	testkit.Must(t, err)
	t.Cleanup(cancel)
	return &client{t, bufio.NewScanner(response.Body), response, cancel}
}

// next is the id and the data of the next event of a kind.
func (c *client) next(kind string) (id, data string) {
	c.t.Helper()
	named := false
	for c.lines.Scan() {
		name, value, _ := strings.Cut(c.lines.Text(), ": ")
		switch {
		case name == "id":
			id = value
		case name == "event":
			named = value == kind
		case name == "data" && named:
			return id, value
		}
	}
	c.t.Fatalf("the stream ended before a %s: %v", kind, c.lines.Err())
	return "", ""
}

func TestAStreamReplaysWhatIsKeptAndGoesOn(t *testing.T) {
	o := open(t, Config{})
	o.Observe(arrived("1-a"))
	c := connect(t, server(t, o))
	if got := c.response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	_, first := c.next("request")
	o.Observe(arrived("1-b"))
	_, second := c.next("request")
	if !strings.HasPrefix(first, `{"number":1,`) || !strings.HasPrefix(second, `{"number":2,`) {
		t.Errorf("%s\n%s", first, second)
	}
}

func TestAClientThatComesBackGetsWhatItMissed(t *testing.T) {
	o := open(t, Config{})
	s := server(t, o)
	o.Observe(arrived("1-a"))
	c := connect(t, s)
	id, _ := c.next("request")
	c.close()
	o.Observe(arrived("1-b"))
	if _, data := connect(t, s, "Last-Event-ID", id).next("request"); !strings.HasPrefix(data, `{"number":2,`) {
		t.Errorf("first after the return: %s", data)
	}
	_, elsewhere, _ := strings.Cut(id, "-")
	for _, stranger := range []string{"ANOTHERSTART-" + elsewhere, "nonsense", o.epoch + "-x", ""} {
		if _, data := connect(t, s, "Last-Event-ID", stranger).next("request"); !strings.HasPrefix(data, `{"number":1,`) {
			t.Errorf("after the id %q, which says nothing: %s", stranger, data)
		}
	}
}

// stuck opens a stream for a client that never reads, and returns an exchange of some size.
func stuck(t *testing.T, o *Console) gateway.Exchange {
	t.Helper()
	connection, err := net.Dial("tcp", server(t, o).Listener.Addr().String())
	testkit.Must(t, err)
	t.Cleanup(func() { connection.Close() })
	_ = connection.(*net.TCPConn).SetReadBuffer(4096)
	fmt.Fprintf(connection, "GET %s/events HTTP/1.1\r\nHost: x\r\n\r\n", Root)
	testkit.Eventually(t, "the stream is there", func() bool { return o.streams.Load() == 1 })
	e := arrived("1-a")
	e.Authorizer = &gateway.AuthorizerStep{Invocation: gateway.Invocation{
		Logs: []byte(strings.Repeat(`{"msg":"request","cause":"`+strings.Repeat("words ", 30)+"\"}\n", mostLines)),
	}}
	return e
}

// deaf is the connection of a client that takes no request before the test lets it.
type deaf struct {
	http.ResponseWriter
	full, emptied chan struct{}
}

func (d deaf) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "event: request") {
		d.full <- struct{}{}
		<-d.emptied
	}
	return len(b), nil
}

func (deaf) Flush() {}

func TestNobodyWaitsForAClientThatDoesNotRead(t *testing.T) {
	o := open(t, Config{})
	client := deaf{httptest.NewRecorder(), make(chan struct{}, 2), make(chan struct{})}
	defer close(client.emptied)
	go o.ServeHTTP(client, httptest.NewRequest("GET", Root+"/events", nil))
	o.Observe(arrived("1-a"))
	<-client.full
	var observed atomic.Bool
	go func() {
		o.Observe(arrived("1-b"))
		observed.Store(true)
	}()
	testkit.Eventually(t, "the gateway goes on", observed.Load)
}

func TestAClientThatDoesNotReadLosesItsStream(t *testing.T) {
	o := open(t, Config{})
	o.patience = 50 * time.Millisecond
	e := stuck(t, o)
	testkit.Eventually(t, "the stream has ended", func() bool {
		e.Trace = rand.Text()
		o.Observe(e)
		return o.streams.Load() == 0
	})
}

func TestNothingIsLeftOfStreamsThatEnd(t *testing.T) {
	o := open(t, Config{})
	s := server(t, o)
	before := runtime.NumGoroutine()
	for range 30 {
		c := connect(t, s)
		c.next("hello")
		c.close()
		testkit.Eventually(t, "the stream has ended", func() bool { return o.streams.Load() == 0 })
	}
	s.Client().CloseIdleConnections()
	testkit.Eventually(t, fmt.Sprintf("as many goroutines as the %d before", before),
		func() bool { return runtime.NumGoroutine() <= before+2 })
}

func TestStreamsEndWithTheConsole(t *testing.T) {
	o := open(t, Config{})
	c := connect(t, server(t, o))
	c.next("hello")
	o.Close()
	for c.lines.Scan() {
	}
	testkit.Eventually(t, "the stream has ended", func() bool { return o.streams.Load() == 0 })
}

func TestThereIsALimitOfStreams(t *testing.T) {
	o := open(t, Config{})
	s := server(t, o)
	for range mostStreams {
		connect(t, s).next("hello")
	}
	if got := connect(t, s).response; got.StatusCode != http.StatusServiceUnavailable ||
		got.Header.Get("Retry-After") == "" {
		t.Errorf("%s", got.Status)
	}
}
