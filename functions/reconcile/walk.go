package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"drawbridge/shared/reconcile"
)

// walk compares ledger and balances a page at a time, from its bookmark on.
type walk struct {
	reconciler *reconcile.Reconciler
	bookmark   bookmark
	log        *slog.Logger
	metrics    io.Writer
	namespace  string // of the metrics: the stack's own
	now        func() time.Time
}

// reserve is kept of a run's time for what follows its last page.
const reserve = 2 * time.Second

// Run walks until the end of the accounts or of its time, whichever comes first. The next run takes up where this one
// stopped; after the end, the next begins anew. A difference is logged, and counted in a metric that an alarm watches;
// it is no error of the run, which must not be repeated for it.
func (w *walk) Run(ctx context.Context) error {
	position, err := w.bookmark.load(ctx)
	if err != nil {
		return err
	}
	var found counts
	for slowest := time.Duration(0); ; {
		began := w.now()
		page, next, more, err := w.reconciler.Page(ctx, position)
		if err != nil {
			return err
		}
		for _, difference := range page.Differences {
			w.log.LogAttrs(ctx, slog.LevelError, "ledger and balance differ", slog.String("difference", difference.String()))
		}
		found.add(page)
		if position = next; !more {
			position, found.CompleteWalks = reconcile.Position{}, 1
		}
		// After its findings are told, so that no page is passed over in silence.
		if err := w.tell(found); err != nil {
			return err
		}
		found = counts{}
		if err := w.bookmark.save(ctx, position); err != nil || !more {
			return err
		}
		slowest = max(slowest, w.now().Sub(began))
		if deadline, set := ctx.Deadline(); set && deadline.Sub(w.now()) < 2*slowest+reserve {
			return nil
		}
	}
}

// counts are the metrics of a page.
type counts struct {
	LedgerDifferences  int
	AccountsReconciled int
	CustomersUnsettled int
	CompleteWalks      int
}

func (c *counts) add(page reconcile.Report) {
	c.LedgerDifferences += len(page.Differences)
	c.AccountsReconciled += page.Accounts
	c.CustomersUnsettled += len(page.Unsettled)
}

// tell writes the counts in CloudWatch's embedded metric format: a log line that becomes metrics, without a call.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func (w *walk) tell(c counts) error {
	type metric struct{ Name, Unit string }
	type directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []metric
	}
	type metadata struct {
		Timestamp         int64
		CloudWatchMetrics []directive
	}
	names := []metric{{"LedgerDifferences", "Count"}, {"AccountsReconciled", "Count"}, {"CustomersUnsettled", "Count"}, {"CompleteWalks", "Count"}}
	return json.NewEncoder(w.metrics).Encode(struct {
		AWS metadata `json:"_aws"`
		counts
	}{metadata{w.now().UnixMilli(), []directive{{w.namespace, [][]string{{}}, names}}}, c})
}
