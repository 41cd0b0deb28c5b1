// Package reconciletest compares a whole bank in a test, as the schedule does in many runs.
package reconciletest

import (
	"context"

	"drawbridge/shared/reconcile"
)

// All compares every account, page by page. If ctx ends before, the report holds what was compared until then.
func All(ctx context.Context, r *reconcile.Reconciler) (reconcile.Report, error) {
	var total reconcile.Report
	for position := (reconcile.Position{}); ; {
		page, next, more, err := r.Page(ctx, position)
		total.Accounts += page.Accounts
		total.Entries += page.Entries
		total.Differences = append(total.Differences, page.Differences...)
		total.Unsettled = append(total.Unsettled, page.Unsettled...)
		if err == nil && more {
			err = ctx.Err()
		}
		if err != nil || !more {
			return total, err
		}
		position = next
	}
}
