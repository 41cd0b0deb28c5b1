package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/reconcile/reconciletest"
	"drawbridge/shared/testkit"
)

// world is a walk over seven customers, and what it writes. A test may hold up its reads of the ledger.
type world struct {
	*walk
	bank    *banktest.Fixture
	ledger  *reconciletest.Ledger
	metrics bytes.Buffer
	log     testkit.Log
}

func newWorld(t *testing.T, pageSize int) *world {
	t.Helper()
	f := banktest.New(t)
	for i := range 7 {
		f.Account(t, bank.AccountID(fmt.Sprintf("100000000%d-01", i+1)), "EUR", 10_00)
	}
	w := &world{bank: f, ledger: reconciletest.NewLedger(f.DB)}
	w.walk = &walk{
		reconciler: reconciletest.On(f.DB, f.DB.Through(w.ledger), pageSize),
		bookmark:   bookmark{f.DB.Client, f.DB.Tables["BookmarksTable"]},
		metrics:    &w.metrics, namespace: "a-stack", now: time.Now, log: w.log.Logger(),
	}
	return w
}

// counted adds up what all lines of metrics say since the last call.
func (w *world) counted(t *testing.T) (total counts) {
	t.Helper()
	for lines := json.NewDecoder(&w.metrics); lines.More(); {
		var line counts
		testkit.Must(t, lines.Decode(&line))
		total = total.plus(line)
	}
	return total
}

func (c counts) plus(other counts) counts {
	return counts{
		c.LedgerDifferences + other.LedgerDifferences, c.AccountsReconciled + other.AccountsReconciled,
		c.CustomersUnsettled + other.CustomersUnsettled, c.CustomersPassedOver + other.CustomersPassedOver,
		c.CompleteWalks + other.CompleteWalks,
	}
}

// want runs a whole walk.
func (w *world) want(t *testing.T, want counts) {
	t.Helper()
	testkit.Must(t, w.Run(t.Context()))
	if got := w.counted(t); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAWalkSeesEveryAccountAndBeginsAnewAfterTheEnd(t *testing.T) {
	w := newWorld(t, 2)
	for range 2 {
		w.want(t, counts{AccountsReconciled: 7, CompleteWalks: 1})
	}
}

func TestADifferenceIsCountedAndNamed(t *testing.T) {
	w := newWorld(t, 2)
	w.bank.Tamper(t, "1000000004-01")
	testkit.Must(t, w.Run(t.Context()))
	if !strings.Contains(w.metrics.String(), `"Namespace":"a-stack","Dimensions":[[]]`) {
		t.Errorf("no metric directive in %s", w.metrics.String())
	}
	if got := w.counted(t); got.LedgerDifferences != 1 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(w.log.String(), "1000000004-01: balance 1001, ledger 1000") {
		t.Errorf("log %s", &w.log)
	}
}
