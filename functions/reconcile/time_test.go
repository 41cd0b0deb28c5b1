package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/reconcile"
)

// budget is how long a run of these tests walks, unless it ends before: a hundred times what its customers take.
const budget = time.Second

// ledger is a transport on which reads of the ledger may be slow, or fail.
type ledger struct {
	next  http.RoundTripper
	table string

	mu    sync.Mutex
	reads int
	meets func(read int, body string) error // nil: the read is made; errSlow: its answer does not come
}

var errSlow = errors.New("slow")

func (l *ledger) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	if strings.Contains(string(body), l.table) {
		if err := l.meet(string(body)); errors.Is(err, errSlow) {
			<-request.Context().Done()
			return nil, request.Context().Err()
		} else if err != nil {
			return nil, err
		}
	}
	return l.next.RoundTrip(request)
}

func (l *ledger) meet(body string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.meets == nil {
		return nil
	}
	return l.meets(l.reads, body)
}

// slow returns the walk of over, with all accounts on one page and the ledger behind a transport.
func slow(t *testing.T) (f *banktest.Fixture, w *walk, l *ledger, metrics, log *bytes.Buffer) {
	f, w, metrics, log = over(t)
	l = &ledger{next: dynamotest.Transport(), table: f.DB.Tables["LedgerTable"]}
	r := reconcile.New(reconcile.Config{
		Client: f.DB.Through(l), Accounts: f.DB.Tables["AccountsTable"], Ledger: f.DB.Tables["LedgerTable"],
		Pause: time.Millisecond,
	})
	w.reconciler = r
	return f, w, l, metrics, log
}

// run runs as Lambda would, with little time.
func run(t *testing.T, w *walk) error {
	ctx, cancel := context.WithTimeout(t.Context(), budget+reserve)
	defer cancel()
	return w.Run(ctx)
}

func TestARunThatIsOutOfTimeLeavesTheRestToTheNext(t *testing.T) {
	_, w, l, metrics, _ := slow(t)
	l.meets = func(read int, _ string) error {
		if read%4 == 0 { // in the middle of the page, at the fourth customer of each run
			return errSlow
		}
		return nil
	}
	for i, want := range []counts{
		{AccountsReconciled: 3}, {AccountsReconciled: 3}, {AccountsReconciled: 1, CompleteWalks: 1},
		{AccountsReconciled: 2},
	} {
		if err := run(t, w); err != nil {
			t.Fatal(err)
		}
		if got := sum(t, metrics); got != want {
			t.Errorf("run %d: %+v, want %+v", i+1, got, want)
		}
	}
}

func TestADifferenceIsFoundHoweverOftenRunsAreOutOfTime(t *testing.T) {
	f, w, l, metrics, _ := slow(t)
	tamper(t, f)
	l.meets = func(read int, _ string) error {
		if read%6 == 0 { // the customer who differs takes four reads
			return errSlow
		}
		return nil
	}
	var total counts
	for runs := 0; total.CompleteWalks == 0; runs++ {
		if runs == 7 {
			t.Fatalf("the walk never ends: %+v", total)
		}
		if err := run(t, w); err != nil {
			t.Fatal(err)
		}
		got := sum(t, metrics)
		total.CompleteWalks += got.CompleteWalks
		total.AccountsReconciled += got.AccountsReconciled
		total.LedgerDifferences += got.LedgerDifferences
	}
	if total != (counts{LedgerDifferences: 1, AccountsReconciled: 7, CompleteWalks: 1}) {
		t.Errorf("%+v", total)
	}
}

func TestACustomerWhoTakesLongerThanARunIsPassedOverAloud(t *testing.T) {
	_, w, l, metrics, log := slow(t)
	l.meets = func(_ int, body string) error {
		if strings.Contains(body, "1000000004") {
			return errSlow
		}
		return nil
	}
	var total counts
	runs := 0
	for ended := false; !ended; runs++ {
		if runs == 4 {
			t.Fatalf("the walk never ends: %+v", total)
		}
		if err := run(t, w); err != nil {
			t.Fatal(err)
		}
		got := sum(t, metrics)
		total.AccountsReconciled += got.AccountsReconciled
		total.CompleteWalks += got.CompleteWalks
		total.CustomersPassedOver += got.CustomersPassedOver
		at, err := w.bookmark.load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ended = at == place{}
	}
	// Six are compared, and a walk that has not compared all does not pass for one that has.
	if total != (counts{AccountsReconciled: 6, CustomersPassedOver: 1}) {
		t.Errorf("%+v", total)
	}
	if strings.Count(log.String(), "customer passed over") != 1 ||
		!strings.Contains(log.String(), "customer_id=1000000004") {
		t.Errorf("log %s", log)
	}
	l.meets = nil
	if err := run(t, w); err != nil {
		t.Fatal(err)
	}
	if got := sum(t, metrics); got != (counts{AccountsReconciled: 7, CompleteWalks: 1}) {
		t.Errorf("then %+v", got)
	}
}

func TestAFaultIsAnErrorAndKeepsWhatWasCompared(t *testing.T) {
	_, w, l, metrics, _ := slow(t)
	broken := errors.New("broken")
	l.meets = func(read int, _ string) error {
		if read >= 3 && read < 3+dynamo.Attempts { // all attempts of one request
			return broken
		}
		return nil
	}
	if err := run(t, w); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if got := sum(t, metrics); got != (counts{AccountsReconciled: 2}) {
		t.Errorf("%+v", got)
	}
	if err := run(t, w); err != nil {
		t.Fatal(err)
	}
	if got := sum(t, metrics); got != (counts{AccountsReconciled: 5, CompleteWalks: 1}) {
		t.Errorf("then %+v", got)
	}
}

func TestARunWithoutTimeIsAnError(t *testing.T) {
	_, w, _, metrics, _ := slow(t)
	ctx, cancel := context.WithTimeout(t.Context(), reserve)
	defer cancel()
	if err := w.Run(ctx); !errors.Is(err, errNoTime) {
		t.Errorf("%v", err)
	}
	if got := sum(t, metrics); got != (counts{}) {
		t.Errorf("%+v", got)
	}
}
