package metering

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"

	"drawbridge/local/gateway"
	"drawbridge/shared/testkit"
)

// call is one request to the API.
type call struct {
	method, path string
	bearer       string
	header       map[string]string
	body         any
}

// eventOverhead is what CloudWatch Logs adds to the bytes of each event
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
const eventOverhead = 26

// usage is what a request used.
type usage struct {
	status      int
	code        string // of a problem
	body        []byte // of the answer
	authorizer  consumption
	function    consumption
	invocations []string // the functions invoked
	lines       []string // what they logged
	logged      int      // bytes of it, as CloudWatch counts them
	sent        int      // bytes of the answer, its headers included
	exchange    gateway.Exchange
}

func (s *system) send(c call) usage {
	s.t.Helper()
	var body []byte
	if c.body != nil {
		var err error
		body, err = json.Marshal(c.body)
		testkit.Must(s.t, err)
	}
	r := httptest.NewRequest(c.method, "https://api.example"+c.path, bytes.NewReader(body))
	// What a browser sends besides; the functions' events carry it.
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", webOrigin)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	s.meter.reading()
	s.mu.Lock()
	s.lines = nil
	s.mu.Unlock()
	w := httptest.NewRecorder()
	s.gateway.ServeHTTP(w, r)

	u := usage{status: w.Code, body: w.Body.Bytes(), sent: len("HTTP/2 200\r\n\r\n") + w.Body.Len()}
	for name, values := range w.Header() {
		for _, value := range values {
			u.sent += len(name) + len(value) + len(": \r\n")
		}
	}
	used := s.meter.reading()
	var problem struct{ Code string }
	if json.Unmarshal(u.body, &problem) == nil {
		u.code = problem.Code
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u.exchange = s.exchange
	if a := u.exchange.Authorizer; a != nil && a.Invocation.Function != "" {
		u.invocations = append(u.invocations, a.Invocation.Function)
		u.authorizer = used[a.Invocation.Function]
	}
	if f := u.exchange.Function; f != nil {
		u.invocations = append(u.invocations, f.Function)
		u.function = used[f.Function]
	}
	for _, line := range s.lines {
		u.lines = append(u.lines, line.Text)
		u.logged += len(line.Text) + eventOverhead
	}
	return u
}
