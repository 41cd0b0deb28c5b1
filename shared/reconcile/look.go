package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// looks is how often a customer is looked at before a difference counts.
const looks = 4

// customer adds what it finds about one customer to the report. After an error it has added nothing, and seen is what
// the last look to end has found.
func (r *Reconciler) customer(ctx context.Context, id string, report *Report) (seen []Difference, err error) {
	var found view
	settled := false
	for look := range looks {
		if look > 0 {
			select {
			case <-time.After(r.config.Pause):
			case <-ctx.Done():
				return found.differences, ctx.Err()
			}
		}
		now, err := r.look(ctx, id)
		if err != nil {
			return found.differences, err
		}
		settled = now.stood &&
			(len(now.differences) == 0 || look > 0 && slices.Equal(found.differences, now.differences))
		found = now
		if settled && len(found.differences) == 0 {
			break
		}
	}
	report.Accounts += found.accounts
	report.Entries += found.entries
	if settled {
		report.Differences = append(report.Differences, found.differences...)
	} else {
		report.Unsettled = append(report.Unsettled, id)
	}
	return nil, nil
}

// view is what one look at a customer finds.
type view struct {
	stood       bool // no account changed while it lasted
	accounts    int
	entries     int
	differences []Difference
}

// look compares once.
func (r *Reconciler) look(ctx context.Context, id string) (view, error) {
	before, err := r.balances(ctx, id)
	if err != nil {
		return view{}, err
	}
	sums := map[bank.AccountID]Difference{}
	for _, account := range before {
		sums[account.Account] = account
	}
	entries := 0
	pages := dynamodb.NewQueryPaginator(r.config.Client, &dynamodb.QueryInput{
		TableName: &r.config.Ledger, ConsistentRead: new(true), KeyConditionExpression: new("customer_id = :customer"),
		ExpressionAttributeValues: dynamo.Item{":customer": dynamo.Text(id)},
		ProjectionExpression:      new("account_id, amount"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return view{}, fmt.Errorf("reconcile: failed to read the ledger: %w", err)
		}
		for _, item := range page.Items {
			account := bank.AccountID(dynamo.TextOf(item["account_id"]))
			sum := sums[account]
			sum.Account = account
			sum.Sum += bank.Amount(dynamo.NumberOf(item["amount"]))
			sum.Entries++
			sums[account] = sum
		}
		entries += len(page.Items)
	}
	after, err := r.balances(ctx, id)
	if err != nil {
		return view{}, err
	}
	found := view{stood: slices.Equal(before, after), accounts: len(before), entries: entries}
	for _, account := range slices.Sorted(maps.Keys(sums)) {
		if d := sums[account]; d.Balance != d.Sum || d.Count != d.Entries {
			found.differences = append(found.differences, d)
		}
	}
	return found, nil
}

// balances reads what a customer's accounts say. What is no number counts as zero, and so is a difference: an account
// that cannot be read does not keep the walk from the others.
func (r *Reconciler) balances(ctx context.Context, id string) (accounts []Difference, err error) {
	pages := dynamodb.NewQueryPaginator(r.config.Client, &dynamodb.QueryInput{
		TableName: &r.config.Accounts, ConsistentRead: new(true),
		KeyConditionExpression:    new("customer_id = :customer"),
		ExpressionAttributeValues: dynamo.Item{":customer": dynamo.Text(id)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reconcile: failed to read accounts: %w", err)
		}
		for _, item := range page.Items {
			accounts = append(accounts, Difference{
				Account: bank.AccountID(dynamo.TextOf(item["account_id"])),
				Balance: bank.Amount(dynamo.NumberOf(item["balance"])), Count: dynamo.NumberOf(item["entries"]),
			})
		}
	}
	return accounts, nil
}
