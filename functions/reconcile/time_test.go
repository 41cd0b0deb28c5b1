package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/testkit"
)

// until is a run whose time is up during its last read.
func (w *world) until(t *testing.T, last func(read int, body string) bool) counts {
	t.Helper()
	testkit.Must(t, w.run(t.Context(), w.ledger.Until(t, last)))
	w.ledger.Meet(nil)
	return w.counted(t)
}

// the is the nth read of a run.
func the(n int) func(int, string) bool { return func(read int, _ string) bool { return read == n } }

func TestARunThatIsOutOfTimeLeavesTheRestToTheNext(t *testing.T) {
	w := newWorld(t, 100)
	for i, want := range []counts{
		{AccountsReconciled: 3}, {AccountsReconciled: 3}, {AccountsReconciled: 1, CompleteWalks: 1},
		{AccountsReconciled: 3},
	} {
		if got := w.until(t, the(4)); got != want {
			t.Errorf("run %d: %+v, want %+v", i+1, got, want)
		}
	}
}

func TestADifferenceIsFoundHoweverOftenRunsAreOutOfTime(t *testing.T) {
	w := newWorld(t, 100)
	w.bank.Tamper(t, "1000000004-01")
	var total counts
	for runs := 0; total.CompleteWalks == 0; runs++ {
		if runs == 7 {
			t.Fatalf("the walk never ends: %+v", total)
		}
		total = total.plus(w.until(t, the(6))) // the customer who differs takes four reads
	}
	if total != (counts{LedgerDifferences: 1, AccountsReconciled: 7, CompleteWalks: 1}) {
		t.Errorf("%+v", total)
	}
}

func TestACustomerWhoTakesLongerThanARunIsPassedOverAloud(t *testing.T) {
	w := newWorld(t, 100)
	ofFour := func(_ int, body string) bool { return strings.Contains(body, "1000000004") }
	var total counts
	for runs, at := 0, (place{}); runs == 0 || at != (place{}); runs++ {
		if runs == 4 {
			t.Fatalf("the walk never ends: %+v", total)
		}
		total = total.plus(w.until(t, ofFour))
		var err error
		at, err = w.bookmark.load(t.Context())
		testkit.Must(t, err)
	}
	// Six are compared, and a walk that has not compared all does not pass for one that has.
	if total != (counts{AccountsReconciled: 6, CustomersPassedOver: 1}) {
		t.Errorf("%+v", total)
	}
	if lines := w.log.Lines(t); len(lines) != 1 || lines[0]["customer_id"] != "1000000004" ||
		!strings.Contains(w.log.String(), "customer passed over") {
		t.Errorf("log %s", &w.log)
	}
	w.want(t, counts{AccountsReconciled: 7, CompleteWalks: 1})
}

func TestAFaultIsAnErrorAndKeepsWhatWasCompared(t *testing.T) {
	w := newWorld(t, 100)
	broken := errors.New("broken")
	w.ledger.Meet(func(read int, _ string) error {
		if read >= 3 && read < 3+dynamo.Attempts { // all attempts of one request
			return broken
		}
		return nil
	})
	testkit.WantError(t, w.Run(t.Context()), broken)
	if got := w.counted(t); got != (counts{AccountsReconciled: 2}) {
		t.Errorf("%+v", got)
	}
	w.want(t, counts{AccountsReconciled: 5, CompleteWalks: 1})
}

func TestARunWithoutTimeIsAnError(t *testing.T) {
	w := newWorld(t, 100)
	ctx, cancel := context.WithTimeout(t.Context(), reserve)
	defer cancel()
	testkit.WantError(t, w.Run(ctx), errNoTime)
	if got := w.counted(t); got != (counts{}) {
		t.Errorf("%+v", got)
	}
}

// What a page has found is told, and its bookmark moved, within the reserve.
func TestARunWalksUntilItsReserveBegins(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	walking, end := leaving(ctx, reserve)
	defer end()
	whole, _ := ctx.Deadline()
	if got, ends := walking.Deadline(); !ends || got != whole.Add(-reserve) {
		t.Errorf("until %v of %v", got, whole)
	}
}
