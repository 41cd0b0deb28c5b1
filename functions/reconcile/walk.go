package main

import (
	"context"
	"encoding/json"
	"errors"
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

// reserve is kept of a run's time to tell what its last page found, and to move the bookmark.
const reserve = 2 * time.Second

// errNoTime means that a run was too short for anything.
var errNoTime = errors.New("no time to compare a single customer")

// Run walks until the end of the accounts or of its time, whichever comes first. The next run takes up behind the last
// customer that this one compared; after the end, the next begins anew. A difference is logged, and counted in a metric
// that an alarm watches; the run itself succeeds, and is not repeated for it.
//
// So each run moves the bookmark, ends the walk, or fails. A customer who had a whole run and was not done with is
// passed over, for the sake of those behind: it is logged and counted, and the walk does not count as complete.
func (w *walk) Run(ctx context.Context) error {
	walking, cancel := leaving(ctx, reserve)
	defer cancel()
	return w.run(ctx, walking)
}

// run compares within walking, and has ctx for the rest.
func (w *walk) run(ctx, walking context.Context) error {
	at, err := w.bookmark.load(ctx)
	if err != nil {
		return err
	}
	for began := at.position; ; {
		page, next, more, failure := w.reconciler.Page(walking, at.position)
		found := countsOf(page)
		for _, difference := range page.Differences {
			w.log.LogAttrs(
				ctx, slog.LevelError, "ledger and balance differ", slog.String("difference", difference.String()),
			)
		}
		if page.Unfinished != nil && next == began {
			w.passOver(ctx, page.Unfinished)
			next = page.Unfinished.At
			at.passedOver++
			found.CustomersPassedOver = 1
		}
		if at.position = next; !more {
			if at.passedOver == 0 {
				found.CompleteWalks = 1
			}
			at = place{}
		}
		// After its findings are told, so that nothing is passed over in silence.
		if err := w.tell(found); err != nil {
			return errors.Join(failure, err)
		}
		if err := errors.Join(failure, w.bookmark.save(ctx, at)); err != nil || !more {
			return err
		}
		if walking.Err() != nil {
			if at.position == began {
				return errNoTime
			}
			return nil
		}
	}
}

// passOver says that a customer was not compared, and what was seen of it.
func (w *walk) passOver(ctx context.Context, customer *reconcile.Unfinished) {
	seen := make([]string, len(customer.Seen))
	for i, difference := range customer.Seen {
		seen[i] = difference.String()
	}
	w.log.LogAttrs(ctx, slog.LevelError, "customer passed over: a whole run is too short to compare it",
		slog.String("customer_id", customer.At.Customer), slog.Any("unproven_differences", seen))
}

// leaving returns a context that ends earlier than ctx, if that ends.
func leaving(ctx context.Context, rest time.Duration) (context.Context, context.CancelFunc) {
	if deadline, set := ctx.Deadline(); set {
		return context.WithDeadline(ctx, deadline.Add(-rest))
	}
	return context.WithCancel(ctx)
}

// counts are the metrics of a page.
type counts struct {
	LedgerDifferences   int
	AccountsReconciled  int
	CustomersUnsettled  int
	CustomersPassedOver int
	CompleteWalks       int // over all accounts, none passed over
}

func countsOf(page reconcile.Report) counts {
	return counts{
		LedgerDifferences: len(page.Differences), AccountsReconciled: page.Accounts,
		CustomersUnsettled: len(page.Unsettled),
	}
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
	names := []metric{
		{"LedgerDifferences", "Count"}, {"AccountsReconciled", "Count"}, {"CustomersUnsettled", "Count"},
		{"CustomersPassedOver", "Count"}, {"CompleteWalks", "Count"},
	}
	return json.NewEncoder(w.metrics).Encode(struct {
		AWS metadata `json:"_aws"`
		counts
	}{metadata{w.now().UnixMilli(), []directive{{w.namespace, [][]string{{}}, names}}}, c})
}
