package bank

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
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
	Reference    Reference `dynamodbav:"reference,omitempty"`
	CreatedAt    string    `dynamodbav:"created_at"`
	TransferKey  string    `dynamodbav:"transfer_key,omitempty"` // of the idempotency record; none for a deposit
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

// MaxPage is the most entries that one page of a statement may have.
const MaxPage = 100

// Page says which entries a statement shows.
type Page struct {
	Limit    int       // 1 to MaxPage
	Cursor   string    // the next of the page before; empty for the first page
	From, To time.Time // entries of this time on, and before that time; a zero time sets no bound
}

// Statement returns a page of the customer's ledger, newest first, and the cursor of the page that follows, empty on
// the last one. Errors: ErrCursor.
//
// A cursor is the id of the last entry that the caller has seen. It needs no signature, because it is checked where it
// is used: the page is read from that very entry on, in the partition of the customer who asks, and if the first item
// is not that entry the cursor is refused. So it cannot name another customer's ledger, nor a place in between;
// entries are never deleted, so one that was given out stays good. The check costs one item a page and no round trip.
//
// An entry's id begins with its time, so bounds of time are bounds of the sort key and cost nothing.
func (b *Bank) Statement(ctx context.Context, customerID string, p Page) (entries []Entry, next string, err error) {
	if p.Limit < 1 || p.Limit > MaxPage {
		return nil, "", fmt.Errorf("bank: a page of %d entries", p.Limit)
	}
	low, high, limit := p.low(), p.high(), p.Limit+1 // one more tells whether there is a next page
	seen := ""
	if p.Cursor != "" {
		if seen, err = readCursor(p.Cursor); err != nil {
			return nil, "", err
		}
		if seen < low || seen > high {
			return nil, "", ErrCursor
		}
		high, limit = seen, p.Limit+2
	}
	if low > high {
		return []Entry{}, "", nil
	}
	page, err := b.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &b.Ledger, ConsistentRead: new(true), ScanIndexForward: new(false), Limit: new(int32(limit)),
		KeyConditionExpression: new("customer_id = :customer AND entry_id BETWEEN :low AND :high"),
		ExpressionAttributeValues: dynamo.Item{
			":customer": dynamo.Text(customerID), ":low": dynamo.Text(low), ":high": dynamo.Text(high),
		},
	})
	if err != nil {
		return nil, "", fmt.Errorf("bank: failed to read a statement: %w", err)
	}
	entries = []Entry{}
	if err := attributevalue.UnmarshalListOfMaps(page.Items, &entries); err != nil {
		return nil, "", fmt.Errorf("bank: failed to read a statement: %w", err)
	}
	if seen != "" {
		if len(entries) == 0 || entries[0].ID != seen {
			return nil, "", ErrCursor
		}
		entries = entries[1:]
	}
	if len(entries) > p.Limit {
		entries = entries[:p.Limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(entries[p.Limit-1].ID))
	}
	return entries, next, nil
}

// low and high are the sort keys that the page lies between. A timestamp sorts before each entry of its microsecond.
func (p Page) low() string {
	if p.From.IsZero() {
		return "0"
	}
	return timestamp(p.From)
}

func (p Page) high() string {
	if p.To.IsZero() {
		return ":" // the character after the digits, with which each id begins
	}
	return timestamp(p.To)
}

// maxCursor bounds the query that an attacker can ask for. The id of an entry becomes 95 characters.
const maxCursor = 128

func readCursor(cursor string) (string, error) {
	if len(cursor) > maxCursor {
		return "", ErrCursor
	}
	id, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(id) == 0 {
		return "", ErrCursor
	}
	return string(id), nil
}

// EntriesOf returns the entries that one transfer or booking left in a customer's ledger, none if it is not there.
func (b *Bank) EntriesOf(ctx context.Context, customerID string, id TransferID) ([]Entry, error) {
	page, err := b.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &b.Ledger, ConsistentRead: new(true),
		KeyConditionExpression: new("customer_id = :customer AND begins_with(entry_id, :transfer)"),
		ExpressionAttributeValues: dynamo.Item{
			":customer": dynamo.Text(customerID), ":transfer": dynamo.Text(timestamp(id.at()) + "_" + string(id) + "_"),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("bank: failed to read a ledger: %w", err)
	}
	entries := []Entry{}
	if err := attributevalue.UnmarshalListOfMaps(page.Items, &entries); err != nil {
		return nil, fmt.Errorf("bank: failed to read a ledger: %w", err)
	}
	return entries, nil
}
