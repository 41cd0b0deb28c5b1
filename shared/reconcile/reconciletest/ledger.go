package reconciletest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
)

// Ledger is a transport on which a test decides what becomes of the reads of the ledger.
type Ledger struct {
	next  http.RoundTripper
	table string

	mu    sync.Mutex
	reads int
	meet  func(read int, body string) error
}

// NewLedger returns a transport on which every read is made.
func NewLedger(db *dynamotest.DB) *Ledger {
	return &Ledger{next: dynamotest.Transport(), table: db.Tables["LedgerTable"]}
}

// Meet lets every read meet an error, or nil to be made. Reads count from 1, from now on. A nil function lets all pass.
func (l *Ledger) Meet(meet func(read int, body string) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads, l.meet = 0, meet
}

// Until returns a context whose deadline passes in the middle of the first read that is the last.
func (l *Ledger) Until(t testing.TB, last func(read int, body string) bool) context.Context {
	d := deadline{t.Context(), make(chan struct{})}
	end := sync.OnceFunc(func() { close(d.passed) })
	l.Meet(func(read int, body string) error {
		if last(read, body) {
			end()
		}
		return d.Err()
	})
	return d
}

// RoundTrip implements http.RoundTripper.
func (l *Ledger) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	if strings.Contains(string(body), l.table) {
		if err := l.read(string(body)); err != nil {
			return nil, err
		}
	}
	return l.next.RoundTrip(request)
}

func (l *Ledger) read(body string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.meet == nil {
		return nil
	}
	return l.meet(l.reads, body)
}

// deadline is a context whose deadline passes when the test says so, however busy the machine is.
type deadline struct {
	context.Context
	passed chan struct{}
}

func (d deadline) Done() <-chan struct{} { return d.passed }

func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
