// Package reconcile compares the ledger with the balances, account by account, while money moves.
//
// Package bank keeps the two equal; a bug, a write by hand, or a restore from backup that caught a transaction half-way
// can part them. For each customer it reads the accounts, then all their ledger entries, then the accounts again,
// strongly consistent. If the accounts stood still in between, sum and number of an account's entries must be its
// balance and entry count. A Query may see a transaction half committed (its isolation is read-committed,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation), so a
// difference counts only if several looks show it. A customer whose accounts never stand still is reported as
// unsettled.
//
// # Pages
//
// It walks the accounts table page by page. A run can end anywhere and another take over: Position says where the next
// page begins. A page that fails, or runs out of time, keeps what it has compared and names the last customer that it
// is done with. Each customer counts once, also one whose accounts lie on two pages. Entries of a customer without any
// account are not found: accounts are never deleted, and the tables must be restored to the same second.
//
// # Why each walk reads every entry
//
// A sum carried forward from the last walk would cost only what is new, and would miss an old entry that was changed
// or deleted, which is what the walk looks for. It could not be carried forward by key either: entry_id begins with
// the time at which a request was received, and a later commit may have an earlier time. And an attacker who changes
// the ledger could change the sum with it. So a walk reads more each month, and one day takes several runs.
//
// The schedule (Hourly in template.yaml) sets the price: a longer interval costs less, and finds a difference later.
// One look at a customer must fit into a run, and so must four for a difference to be proven: docs/LIMITS.md has the
// bound.
package reconcile

import (
	"fmt"
	"time"

	"drawbridge/shared/bank"

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

// Position is where a page begins: behind this account, whose customer is done with. The zero Position is the
// beginning. The customer stands beside the account although its id names the owner: an account written by hand need
// not.
type Position struct {
	Customer string
	Account  bank.AccountID
}

// Report is what one or more pages found.
type Report struct {
	Accounts    int
	Entries     int
	Differences []Difference
	Unsettled   []string    // customers whose accounts moved at every look
	Unfinished  *Unfinished // of a page whose time was up in the middle of a customer
}

// Unfinished is a customer whom the time did not suffice to compare. The report holds nothing else of it.
type Unfinished struct {
	At   Position     // its first account on the page: a page from there leaves it out
	Seen []Difference // what the last look to end has found; one look proves nothing
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
	return fmt.Sprintf(
		"%s: balance %d, ledger %d; %d entries counted, %d found", d.Account, d.Balance, d.Sum, d.Count, d.Entries,
	)
}

// Reconciler is safe for concurrent use.
type Reconciler struct{ config Config }

// New returns a reconciler. It makes no request.
func New(c Config) *Reconciler {
	if c.PageSize == 0 {
		c.PageSize = 100
	}
	if c.Pause == 0 {
		c.Pause = 100 * time.Millisecond
	}
	return &Reconciler{config: c}
}
