package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// looks is how often a customer is looked at before a difference counts.
const looks = 4

// customer adds what it finds about one customer to the report.
func (r *Reconciler) customer(ctx context.Context, id string, report *Report) error {
	var found, before []Difference
	settled := false
	for look := range looks {
		if look > 0 {
			select {
			case <-time.After(r.config.Pause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		stood, accounts, entries, differences, err := r.look(ctx, id)
		if err != nil {
			return err
		}
		if look == 0 {
			report.Accounts += accounts
			report.Entries += entries
		}
		if stood && len(differences) == 0 {
			return nil
		}
		before, found = found, differences
		settled = stood && look > 0 && slices.Equal(before, found)
	}
	if settled {
		report.Differences = append(report.Differences, found...)
	} else {
		report.Unsettled = append(report.Unsettled, id)
	}
	return nil
}

// look compares once. stood says that no account changed while it looked.
func (r *Reconciler) look(ctx context.Context, id string) (stood bool, accounts, entries int, differences []Difference, err error) {
	before, err := r.balances(ctx, id)
	if err != nil {
		return false, 0, 0, nil, err
	}
	sums := map[bank.AccountID]Difference{}
	for _, account := range before {
		sums[account.ID] = Difference{Account: account.ID, Balance: account.Balance, Count: account.Entries}
	}
	pages := dynamodb.NewQueryPaginator(r.config.Client, &dynamodb.QueryInput{
		TableName: &r.config.Ledger, ConsistentRead: new(true), KeyConditionExpression: new("customer_id = :customer"),
		ExpressionAttributeValues: dynamo.Item{":customer": dynamo.Text(id)}, ProjectionExpression: new("account_id, amount"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, 0, 0, nil, fmt.Errorf("reconcile: failed to read the ledger: %w", err)
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
		return false, 0, 0, nil, err
	}
	for _, account := range slices.Sorted(maps.Keys(sums)) {
		if d := sums[account]; d.Balance != d.Sum || d.Count != d.Entries {
			differences = append(differences, d)
		}
	}
	return slices.Equal(before, after), len(before), entries, differences, nil
}

func (r *Reconciler) balances(ctx context.Context, id string) (accounts []bank.Account, err error) {
	pages := dynamodb.NewQueryPaginator(r.config.Client, &dynamodb.QueryInput{
		TableName: &r.config.Accounts, ConsistentRead: new(true), KeyConditionExpression: new("customer_id = :customer"),
		ExpressionAttributeValues: dynamo.Item{":customer": dynamo.Text(id)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reconcile: failed to read accounts: %w", err)
		}
		var found []bank.Account
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &found); err != nil {
			return nil, fmt.Errorf("reconcile: failed to read accounts: %w", err)
		}
		accounts = append(accounts, found...)
	}
	return accounts, nil
}
