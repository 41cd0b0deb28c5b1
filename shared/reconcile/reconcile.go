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
