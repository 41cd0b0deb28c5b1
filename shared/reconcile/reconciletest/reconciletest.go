// Package reconciletest compares a whole bank in a test, as the schedule does in many runs.
package reconciletest

import (
	"context"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// On returns a reconciler over the tables of db that speaks through client. It does not pause for long.
func On(db *dynamotest.DB, client *dynamodb.Client, pageSize int) *reconcile.Reconciler {
	return reconcile.New(reconcile.Config{
		Client: client, Accounts: db.Tables["AccountsTable"], Ledger: db.Tables["LedgerTable"], PageSize: pageSize,
		Pause: time.Millisecond,
	})
}

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
