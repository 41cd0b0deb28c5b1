package bank

import (
	"time"
)

// Entry is one line of a customer's ledger. Entries are only ever added.
type Entry struct {
	CustomerID   string    `dynamodbav:"customer_id"`
	ID           string    `dynamodbav:"entry_id"` // sorts by time; unguessable, for it holds the transfer's id
	Account      AccountID `dynamodbav:"account_id"`
	TransferID   string    `dynamodbav:"transfer_id"`
	Amount       Amount    `dynamodbav:"amount"` // negative if it left the account
	Currency     Currency  `dynamodbav:"currency"`
	Counterparty AccountID `dynamodbav:"counterparty,omitempty"` // none for a deposit
	CreatedAt    string    `dynamodbav:"created_at"`
}

// At is when the request that made the entry was received.
func (e Entry) At() (time.Time, error) { return time.Parse(timestampLayout, e.CreatedAt) }

// timestampLayout has a fixed width, so that timestamps sort as text as they do in time.
const timestampLayout = "2006-01-02T15:04:05.000000Z"

func timestamp(at time.Time) string { return at.UTC().Format(timestampLayout) }

// newEntry returns an entry that sorts by time. The account keeps the two entries of a transfer apart: they may lie in
// one customer's ledger, and in two ledgers a cursor into one must not be a cursor into the other.
func newEntry(transferID string, account, counterparty AccountID, amount Amount, c Currency, at time.Time) Entry {
	created := timestamp(at)
	return Entry{
		CustomerID: account.Owner(), ID: created + "_" + transferID + "_" + string(account), Account: account,
		TransferID: transferID, Amount: amount, Currency: c, Counterparty: counterparty, CreatedAt: created,
	}
}
