package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"
	"drawbridge/shared/testkit"
)

// behind is over, with all accounts on one page and a transport before the ledger.
func behind(t *testing.T) (*banktest.Fixture, *reconcile.Reconciler, *reconciletest.Ledger) {
	t.Helper()
	f, _ := over(t)
	l := reconciletest.NewLedger(f.DB)
	return f, reconciletest.On(f.DB, f.DB.Through(l), 100), l
}

// after is the read after so many.
func after(reads int) func(int, string) bool {
	return func(read int, _ string) bool { return read > reads }
}

func TestAPageWhoseTimeIsUpEndsBehindTheLastCustomerCompared(t *testing.T) {
	_, r, l := behind(t)
	report, next, more, err := r.Page(l.Until(t, after(2)), reconcile.Position{})
	if err != nil || !more || report.Accounts != 4 || report.Entries != 12 || report.Unfinished == nil ||
		next == (reconcile.Position{}) {
		t.Fatalf("%+v, %+v, %t, %v", report, next, more, err)
	}
	if report.Unfinished.At.Customer == next.Customer {
		t.Errorf("%+v is behind the customer who was not done with", next)
	}
	l.Meet(nil)
	rest, _, more, err := r.Page(t.Context(), next)
	if err != nil || more || rest.Accounts != 6 || rest.Entries != 18 {
		t.Errorf("%+v, %t, %v", rest, more, err)
	}
	rest, _, more, err = r.Page(t.Context(), report.Unfinished.At) // which leaves its customer out
	if err != nil || more || rest.Accounts != 4 {
		t.Errorf("from the unfinished: %+v, %t, %v", rest, more, err)
	}
}

func TestADeadlineAtTheFirstCustomerMovesNothing(t *testing.T) {
	_, r, l := behind(t)
	report, next, more, err := r.Page(l.Until(t, after(0)), reconcile.Position{})
	if err != nil || !more || next != (reconcile.Position{}) || report.Accounts != 0 || report.Unfinished == nil {
		t.Errorf("%+v, %+v, %t, %v", report, next, more, err)
	}
}

func TestAnErrorKeepsWhatThePageHasCompared(t *testing.T) {
	_, r, l := behind(t)
	broken := errors.New("broken")
	l.Meet(func(read int, _ string) error {
		if read > 3 {
			return broken
		}
		return nil
	})
	report, next, _, err := r.Page(t.Context(), reconcile.Position{})
	if !errors.Is(err, broken) || report.Accounts != 6 || report.Unfinished != nil {
		t.Errorf("%+v, %v", report, err)
	}
	l.Meet(nil)
	if rest, _, more, err := r.Page(t.Context(), next); err != nil || more || rest.Accounts != 4 {
		t.Errorf("%+v, %t, %v", rest, more, err)
	}
}

func TestAllEndsWithItsContext(t *testing.T) {
	_, r, l := behind(t)
	report, err := reconciletest.All(l.Until(t, after(3)), r)
	if !errors.Is(err, context.DeadlineExceeded) || report.Accounts != 6 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestADifferenceThatTimeDidNotSufficeToProveIsOnlySeen(t *testing.T) {
	f, r, l := behind(t)
	var customers []string // in the order of the walk
	for position, more := (reconcile.Position{}), true; more; {
		report, _, _, err := r.Page(l.Until(t, after(0)), position)
		testkit.Must(t, err)
		if more = report.Unfinished != nil; more {
			position = report.Unfinished.At
			customers = append(customers, position.Customer)
		}
	}
	if len(customers) != 5 {
		t.Fatal(customers)
	}
	tampered := bank.AccountID(customers[2] + "-01")
	f.Tamper(t, tampered)
	for _, looks := range []int{1, 2, 3} { // of the four that prove it
		report, next, _, err := r.Page(l.Until(t, after(2+looks)), reconcile.Position{})
		if err != nil || len(report.Differences) > 0 || len(report.Unsettled) > 0 || report.Accounts != 4 ||
			next.Customer != customers[1] {
			t.Errorf("after %d looks: %+v, %+v, %v", looks, report, next, err)
		}
		if u := report.Unfinished; u == nil || len(u.Seen) != 1 || u.Seen[0].Account != tampered {
			t.Errorf("after %d looks: %+v", looks, u)
		}
		l.Meet(nil)
		rest, _, _, err := r.Page(t.Context(), next)
		if err != nil || len(rest.Differences) != 1 || rest.Differences[0].Account != tampered || rest.Accounts != 6 {
			t.Errorf("then %+v, %v", rest, err)
		}
	}
}

func TestMoneyThatMovesIsNoDifferenceHoweverOftenAPageEnds(t *testing.T) {
	f, r, l := behind(t)
	defer moving(t, f)()
	for range 3 {
		accounts := 0
		for position, more, pages := (reconcile.Position{}), true, 0; more; pages++ {
			if pages == 10 {
				t.Fatal("pages move nothing")
			}
			var report reconcile.Report
			var err error
			// A customer whose accounts move takes four reads, one whose accounts stand takes one.
			report, position, more, err = r.Page(l.Until(t, after(5)), position)
			if err != nil || len(report.Differences) > 0 {
				t.Fatalf("%+v, %v", report, err)
			}
			accounts += report.Accounts
		}
		if accounts != 10 {
			t.Errorf("%d accounts compared", accounts)
		}
	}
}
