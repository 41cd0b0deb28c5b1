// Package reconcile compares the ledger with the balances, account by account, while money moves.
//
// Nothing in package bank can make the two differ; a bug, a write by hand, or a restore from backup that caught a
// transaction half-way can. For each customer it reads the accounts, then all their ledger entries, then the accounts
// again, strongly consistent. If the accounts stood still in between, sum and number of an account's entries must be
// its balance and entry count. A Query may see a transaction half committed (its isolation is read-committed,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation), so a
// difference counts only if it is the same in several looks; a customer whose accounts never stand still is reported
// as unsettled, not as wrong.
//
// It walks the accounts table page by page. A page is complete in itself, and Position says where the next one
// begins, so a run can end anywhere and another take over. Entries of a customer who has no account at all are not
// found: accounts are never deleted, and the tables must be restored to the same second.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Config says what to compare. The first three are required.
type Config struct {
	Client   *dynamodb.Client
	Accounts string
	Ledger   string
	PageSize int           // accounts a page; 100 if 0
	Pause    time.Duration // between two looks at a customer; 100 ms if 0
}

// Position is where a page begins: behind this account. The zero Position is the beginning.
type Position struct {
	Account bank.AccountID
}

// Report is what one or more pages found.
type Report struct {
	Accounts    int
	Entries     int
	Differences []Difference
	Unsettled   []string // customers whose accounts moved at every look
}

// Difference is an account whose balance is not its ledger's.
type Difference struct {
	Account bank.AccountID
	Balance bank.Amount // what the account says
	Sum     bank.Amount // what its entries add up to
	Count   int64       // how many entries the account says there are
	Entries int64       // how many there are
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: balance %d, ledger %d; %d entries counted, %d found", d.Account, d.Balance, d.Sum, d.Count, d.Entries)
}

const looks = 4

// Reconciler is safe for concurrent use.
type Reconciler struct{ config Config }

// New returns a reconciler. It makes no request.
func New(c Config) (*Reconciler, error) {
	if c.Client == nil || c.Accounts == "" || c.Ledger == "" {
		return nil, errors.New("reconcile: Client, Accounts or Ledger is missing")
	}
	if c.PageSize == 0 {
		c.PageSize = 100
	}
	if c.Pause == 0 {
		c.Pause = 100 * time.Millisecond
	}
	return &Reconciler{config: c}, nil
}

// All compares every account, page by page.
func (r *Reconciler) All(ctx context.Context) (Report, error) {
	var total Report
	for position := (Position{}); ; {
		page, next, more, err := r.Page(ctx, position)
		if err != nil {
			return total, err
		}
		total.Accounts += page.Accounts
		total.Entries += page.Entries
		total.Differences = append(total.Differences, page.Differences...)
		total.Unsettled = append(total.Unsettled, page.Unsettled...)
		if !more {
			return total, nil
		}
		position = next
	}
}

// Page compares the customers of the next PageSize accounts. more is false after the last page. A customer whose
// accounts lie on two pages is compared twice.
func (r *Reconciler) Page(ctx context.Context, from Position) (report Report, next Position, more bool, err error) {
	scan := &dynamodb.ScanInput{
		TableName: &r.config.Accounts, Limit: new(int32(r.config.PageSize)), ProjectionExpression: new("customer_id, account_id"),
	}
	if from.Account != "" {
		scan.ExclusiveStartKey = dynamo.Item{"customer_id": dynamo.Text(from.Account.Owner()), "account_id": dynamo.Text(string(from.Account))}
	}
	page, err := r.config.Client.Scan(ctx, scan)
	if err != nil {
		return Report{}, from, false, fmt.Errorf("reconcile: failed to list accounts: %w", err)
	}
	customers := map[string]bool{}
	for _, item := range page.Items {
		customers[dynamo.TextOf(item["customer_id"])] = true
	}
	for _, customer := range slices.Sorted(maps.Keys(customers)) {
		if err := r.customer(ctx, customer, &report); err != nil {
			return Report{}, from, false, err
		}
	}
	next = Position{Account: bank.AccountID(dynamo.TextOf(page.LastEvaluatedKey["account_id"]))}
	return report, next, len(page.LastEvaluatedKey) > 0, nil
}

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
