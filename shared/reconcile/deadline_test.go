package reconcile_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// until is a context whose deadline passes when the test says so.
type until struct {
	context.Context
	over chan struct{}
}

func (u until) Done() <-chan struct{} { return u.over }

func (u until) Err() error {
	select {
	case <-u.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// door lets a number of reads of the ledger pass. The next meets shut, if that is set.
type door struct {
	next   http.RoundTripper
	ledger string

	mu    sync.Mutex
	reads int
	shut  func(*http.Request) error
}

func (d *door) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	if strings.Contains(string(body), d.ledger) {
		if shut := d.pass(); shut != nil {
			return nil, shut(request)
		}
	}
	return d.next.RoundTrip(request)
}

func (d *door) pass() func(*http.Request) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reads--; d.reads >= 0 {
		return nil
	}
	return d.shut
}

// deadline returns a context that ends in the middle of the read after so many.
func (d *door) deadline(t *testing.T, reads int) context.Context {
	u := until{t.Context(), make(chan struct{})}
	end := sync.OnceFunc(func() { close(u.over) })
	d.set(reads, func(*http.Request) error { end(); return u.Err() })
	return u
}

func (d *door) set(reads int, shut func(*http.Request) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads, d.shut = reads, shut
}

// behind returns the bank of over, and a reconciler behind a door, with all accounts on one page.
func behind(t *testing.T) (*banktest.Fixture, *reconcile.Reconciler, *door) {
	f, _ := over(t)
	d := &door{next: dynamotest.Transport(), ledger: f.DB.Tables["LedgerTable"]}
	r := reconcile.New(reconcile.Config{
		Client: f.DB.Through(d), Accounts: f.DB.Tables["AccountsTable"], Ledger: f.DB.Tables["LedgerTable"],
		Pause: time.Millisecond,
	})
	return f, r, d
}

func TestAPageWhoseTimeIsUpEndsBehindTheLastCustomerCompared(t *testing.T) {
	_, r, d := behind(t)
	report, next, more, err := r.Page(d.deadline(t, 2), reconcile.Position{})
	if err != nil || !more || report.Accounts != 4 || report.Entries != 12 || report.Unfinished == nil ||
		next == (reconcile.Position{}) {
		t.Fatalf("%+v, %+v, %t, %v", report, next, more, err)
	}
	if report.Unfinished.At.Customer == next.Customer {
		t.Errorf("%+v is behind the customer who was not done with", next)
	}
	d.set(100, nil)
	rest, _, more, err := r.Page(t.Context(), next)
	if err != nil || more || rest.Accounts != 6 || rest.Entries != 18 {
		t.Errorf("%+v, %t, %v", rest, more, err)
	}
}

func TestADeadlineAtTheFirstCustomerMovesNothing(t *testing.T) {
	_, r, d := behind(t)
	report, next, more, err := r.Page(d.deadline(t, 0), reconcile.Position{})
	if err != nil || !more || next != (reconcile.Position{}) || report.Accounts != 0 || report.Unfinished == nil {
		t.Errorf("%+v, %+v, %t, %v", report, next, more, err)
	}
}

func TestAPageFromTheUnfinishedLeavesItsCustomerOut(t *testing.T) {
	_, r, d := behind(t)
	report, _, _, err := r.Page(d.deadline(t, 2), reconcile.Position{})
	if err != nil {
		t.Fatal(err)
	}
	d.set(100, nil)
	rest, _, more, err := r.Page(t.Context(), report.Unfinished.At)
	if err != nil || more || rest.Accounts != 4 {
		t.Errorf("%+v, %t, %v", rest, more, err)
	}
}

func TestAnErrorKeepsWhatThePageHasCompared(t *testing.T) {
	_, r, d := behind(t)
	broken := errors.New("broken")
	d.set(3, func(*http.Request) error { return broken })
	report, next, _, err := r.Page(t.Context(), reconcile.Position{})
	if !errors.Is(err, broken) || report.Accounts != 6 || report.Unfinished != nil {
		t.Errorf("%+v, %v", report, err)
	}
	d.set(100, nil)
	if rest, _, more, err := r.Page(t.Context(), next); err != nil || more || rest.Accounts != 4 {
		t.Errorf("%+v, %t, %v", rest, more, err)
	}
}

func TestAllEndsWithItsContext(t *testing.T) {
	_, r, d := behind(t)
	report, err := reconciletest.All(d.deadline(t, 3), r)
	if !errors.Is(err, context.DeadlineExceeded) || report.Accounts != 6 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestADifferenceThatTimeDidNotSufficeToProveIsOnlySeen(t *testing.T) {
	f, r, d := behind(t)
	var customers []string // in the order of the walk
	for position, more := (reconcile.Position{}), true; more; {
		report, _, _, err := r.Page(d.deadline(t, 0), position)
		if err != nil {
			t.Fatal(err)
		}
		if more = report.Unfinished != nil; more {
			position = report.Unfinished.At
			customers = append(customers, position.Customer)
		}
	}
	if len(customers) != 5 {
		t.Fatal(customers)
	}
	tampered := bank.AccountID(customers[2] + "-01")
	_, err := f.DB.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: new(f.DB.Tables["AccountsTable"]), UpdateExpression: new("ADD balance :one"),
		Key: dynamo.Item{
			"customer_id": dynamo.Text(tampered.Owner()), "account_id": dynamo.Text(string(tampered)),
		},
		ExpressionAttributeValues: dynamo.Item{":one": dynamo.Number(1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, looks := range []int{1, 2, 3} { // of the four that prove it
		report, next, _, err := r.Page(d.deadline(t, 2+looks), reconcile.Position{})
		if err != nil || len(report.Differences) > 0 || len(report.Unsettled) > 0 || report.Accounts != 4 ||
			next.Customer != customers[1] {
			t.Errorf("after %d looks: %+v, %+v, %v", looks, report, next, err)
		}
		if u := report.Unfinished; u == nil || len(u.Seen) != 1 || u.Seen[0].Account != tampered {
			t.Errorf("after %d looks: %+v", looks, u)
		}
		d.set(100, nil)
		rest, _, _, err := r.Page(t.Context(), next)
		if err != nil || len(rest.Differences) != 1 || rest.Differences[0].Account != tampered || rest.Accounts != 6 {
			t.Errorf("then %+v, %v", rest, err)
		}
	}
}

func TestMoneyThatMovesIsNoDifferenceHoweverOftenAPageEnds(t *testing.T) {
	f, r, d := behind(t)
	moving, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		for moving.Err() == nil {
			if _, err := f.Transfer(t.Context(), f.Request("1000000001-01", "1000000002-01", 1)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 3 {
		accounts := 0
		for position, more, pages := (reconcile.Position{}), true, 0; more; pages++ {
			if pages == 10 {
				t.Fatal("pages move nothing")
			}
			var report reconcile.Report
			var err error
			// A customer whose accounts move takes four reads, one whose accounts stand takes one.
			if report, position, more, err = r.Page(d.deadline(t, 5), position); err != nil ||
				len(report.Differences) > 0 {
				t.Fatalf("%+v, %v", report, err)
			}
			accounts += report.Accounts
		}
		if accounts != 10 {
			t.Errorf("%d accounts compared", accounts)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
