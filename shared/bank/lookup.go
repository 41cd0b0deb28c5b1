package bank

import (
	"context"
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Find returns one account as it stands now, or ErrNoSuchAccount.
func (b *Bank) Find(ctx context.Context, id AccountID) (account Account, err error) {
	found, err := b.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.Accounts, Key: id.key(), ConsistentRead: new(true)})
	if err != nil {
		return account, fmt.Errorf("bank: failed to read %s: %w", id, err)
	}
	if found.Item == nil {
		return account, fmt.Errorf("%w: %s", ErrNoSuchAccount, id)
	}
	if err := attributevalue.UnmarshalMap(found.Item, &account); err != nil {
		return account, fmt.Errorf("bank: failed to read %s: %w", id, err)
	}
	return account, nil
}

// LimitOn returns what may still leave the account on the day of at; ok is false if it has no daily limit.
func (a Account) LimitOn(at time.Time) (left Amount, ok bool) {
	switch {
	case a.DailyLimit == 0:
		return 0, false
	case a.LimitDay < day(at):
		return a.DailyLimit, true
	}
	return a.LimitLeft, true
}

// EntriesOf returns the entries that one transfer or booking left in a customer's ledger, none if it is not there. It
// reads the whole of that ledger: it is for an operator, not for a route.
func (b *Bank) EntriesOf(ctx context.Context, customerID, transferID string) ([]Entry, error) {
	entries := []Entry{}
	pages := dynamodb.NewQueryPaginator(b.Client, &dynamodb.QueryInput{
		TableName: &b.Ledger, ConsistentRead: new(true),
		KeyConditionExpression:    new("customer_id = :customer"),
		FilterExpression:          new("transfer_id = :transfer"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":customer": dynamo.Text(customerID), ":transfer": dynamo.Text(transferID)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("bank: failed to read a ledger: %w", err)
		}
		var found []Entry
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &found); err != nil {
			return nil, fmt.Errorf("bank: failed to read a ledger: %w", err)
		}
		entries = append(entries, found...)
	}
	return entries, nil
}

// Answered is what the bank remembers of a transfer request.
type Answered struct {
	TransferID string // empty if refused
	Refusal    Refusal
	CreatedAt  string
}

// Answered returns what became of the request that a customer sent under an idempotency key; ok is false if nothing
// is recorded under it.
func (b *Bank) Answered(ctx context.Context, customerID string, key IdempotencyKey) (answered Answered, ok bool, err error) {
	recordKey := TransferRequest{CustomerID: customerID, Key: key}.recordKey()
	item, err := b.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &b.Transfers, Key: dynamo.Item{"transfer_key": dynamo.Text(recordKey)}, ConsistentRead: new(true),
	})
	if err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a transfer record: %w", err)
	}
	if item.Item == nil {
		return answered, false, nil
	}
	var found record
	if err := attributevalue.UnmarshalMap(item.Item, &found); err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a transfer record: %w", err)
	}
	return Answered{TransferID: found.TransferID, Refusal: found.Refusal, CreatedAt: found.At}, true, nil
}
