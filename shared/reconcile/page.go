package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Page compares the customers of the next PageSize accounts, each with all of its accounts. more is false after the
// last page.
//
// When ctx's deadline passes, the page ends early, and that is no error: more is true, and next is behind the last
// customer compared. It is from itself if there was none. An error leaves report and next in the same state.
func (r *Reconciler) Page(ctx context.Context, from Position) (report Report, next Position, more bool, err error) {
	page, err := r.accounts(ctx, from)
	switch {
	case err != nil && timeUp(ctx):
		return Report{}, from, true, nil
	case err != nil:
		return Report{}, from, true, err
	}
	next = from
	for _, item := range page.Items {
		at := Position{
			Customer: dynamo.TextOf(item["customer_id"]), Account: bank.AccountID(dynamo.TextOf(item["account_id"])),
		}
		// The customer of the account before is done with: a scan returns a customer's accounts one after the other.
		// Were it not so, the customer would be compared again.
		if at.Customer != next.Customer {
			if timeUp(ctx) {
				return report, next, true, nil
			}
			seen, err := r.customer(ctx, at.Customer, &report)
			switch {
			case err != nil && timeUp(ctx):
				report.Unfinished = &Unfinished{At: at, Seen: seen}
				return report, next, true, nil
			case err != nil:
				return report, next, true, err
			}
		}
		next = at
	}
	return report, next, len(page.LastEvaluatedKey) > 0, nil
}

// accounts lists the accounts of a page.
func (r *Reconciler) accounts(ctx context.Context, from Position) (*dynamodb.ScanOutput, error) {
	scan := &dynamodb.ScanInput{
		TableName: &r.config.Accounts, Limit: new(int32(r.config.PageSize)),
		ProjectionExpression: new("customer_id, account_id"),
	}
	if from != (Position{}) {
		scan.ExclusiveStartKey = dynamo.Item{
			"customer_id": dynamo.Text(from.Customer), "account_id": dynamo.Text(string(from.Account)),
		}
	}
	page, err := r.config.Client.Scan(ctx, scan)
	if err != nil {
		return nil, fmt.Errorf("reconcile: failed to list accounts: %w", err)
	}
	return page, nil
}

// timeUp says that ctx's deadline has passed. A connection may give up at that moment before the context's timer runs
// out, so the clock is asked too.
func timeUp(ctx context.Context) bool {
	deadline, set := ctx.Deadline()
	return errors.Is(ctx.Err(), context.DeadlineExceeded) || set && !time.Now().Before(deadline)
}
