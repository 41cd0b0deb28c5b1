package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// AccountID is "<customer_id>-<NN>", as "1000000001-01": the owner is part of the number, as in a real bank's, so an
// account's partition key is a function of its id.
type AccountID string

// ErrAccountID means that a text is not of an account id's form.
var ErrAccountID = errors.New("not an account id, as 1000000001-01")

// ParseAccountID checks the form alone; there need be no such account.
func ParseAccountID(text string) (AccountID, error) {
	customer, number, _ := strings.Cut(text, "-")
	if _, err := identity.ParseCustomerID(customer); err != nil || len(number) != 2 || !digits(number) {
		return "", ErrAccountID
	}
	return AccountID(text), nil
}

// Owner is the customer's number.
func (id AccountID) Owner() string {
	owner, _, _ := strings.Cut(string(id), "-")
	return owner
}

// key is the account's primary key.
func (id AccountID) key() dynamo.Item {
	return dynamo.Item{"customer_id": dynamo.Text(id.Owner()), "account_id": dynamo.Text(string(id))}
}

// Status says what may be done with an account.
type Status string

const (
	Open   Status = "open"
	Frozen Status = "frozen" // neither pays nor is paid
	Closed Status = "closed" // for good, with a balance of zero
)

// Account is an account as it is stored.
type Account struct {
	ID       AccountID `dynamodbav:"account_id"`
	Currency Currency  `dynamodbav:"currency"`
	Status   Status    `dynamodbav:"status"`
	Balance  Amount    `dynamodbav:"balance"`
	Entries  int64     `dynamodbav:"entries"` // how many ledger entries there are

	// DailyLimit is the most that may leave on one day (UTC); 0 means no limit. LimitLeft is what may still leave on
	// LimitDay; of an account without a limit it only counts down, and nothing reads it.
	DailyLimit Amount `dynamodbav:"daily_limit,omitempty"`
	LimitDay   string `dynamodbav:"limit_day"`
	LimitLeft  Amount `dynamodbav:"limit_left"`
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

// day is the calendar day that a daily limit counts by, as "2026-11-22".
func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// Open opens an account with a balance of zero. An account that is there with the same currency is left as it is; one
// with another currency is ErrState.
func (b *Bank) Open(ctx context.Context, id AccountID, c Currency) error {
	if _, err := ParseAccountID(string(id)); err != nil {
		return fmt.Errorf("bank: %q is %w", id, err)
	}
	if _, err := ParseCurrency(string(c)); err != nil {
		return fmt.Errorf("bank: failed to open %s: %w", id, err)
	}
	item := itemOf(Account{ID: id, Currency: c, Status: Open})
	item["customer_id"] = dynamo.Text(id.Owner())
	return persist(ctx, func(ctx context.Context) error {
		_, err := b.Client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &b.Accounts, Item: item,
			ConditionExpression:                 new("attribute_not_exists(account_id)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		if taken, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
			var there Account
			if err := attributevalue.UnmarshalMap(taken.Item, &there); err != nil {
				return fmt.Errorf("bank: failed to read %s: %w", id, err)
			}
			if there.Currency != c {
				return fmt.Errorf("%w: %s is in %s", ErrState, id, there.Currency)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("bank: failed to open %s: %w", id, err)
		}
		return nil
	})
}

// Find returns one account as it stands now, or ErrNoSuchAccount.
func (b *Bank) Find(ctx context.Context, id AccountID) (account Account, err error) {
	found, err := b.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &b.Accounts, Key: id.key(), ConsistentRead: new(true),
	})
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

// Balances returns the customer's accounts in the order of their numbers; no accounts are an empty list. It is one
// strongly consistent Query, so one round trip, and every balance is as current as the call. A transfer between two of
// the accounts that commits during the call may show in one of them only.
func (b *Bank) Balances(ctx context.Context, customerID string) ([]Account, error) {
	accounts := []Account{}
	pages := dynamodb.NewQueryPaginator(b.Client, &dynamodb.QueryInput{
		TableName: &b.Accounts, ConsistentRead: new(true),
		KeyConditionExpression:    new("customer_id = :customer"),
		ExpressionAttributeValues: dynamo.Item{":customer": dynamo.Text(customerID)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("bank: failed to read balances: %w", err)
		}
		var found []Account
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &found); err != nil {
			return nil, fmt.Errorf("bank: failed to read balances: %w", err)
		}
		accounts = append(accounts, found...)
	}
	return accounts, nil
}

// Freeze stops an account from paying and being paid, until Thaw.
func (b *Bank) Freeze(ctx context.Context, id AccountID) error { return b.setStatus(ctx, id, Frozen) }

// Thaw opens a frozen account again.
func (b *Bank) Thaw(ctx context.Context, id AccountID) error { return b.setStatus(ctx, id, Open) }

func (b *Bank) setStatus(ctx context.Context, id AccountID, status Status) error {
	return b.administer(ctx, id, "SET #status = :status", "#status <> :closed",
		dynamo.Item{":status": dynamo.Text(string(status)), ":closed": dynamo.Text(string(Closed))})
}

// Close closes an account for good. Its balance must be zero.
func (b *Bank) Close(ctx context.Context, id AccountID) error {
	return b.administer(ctx, id, "SET #status = :closed", "attribute_exists(#status) AND balance = :zero",
		dynamo.Item{":closed": dynamo.Text(string(Closed)), ":zero": dynamo.Number(0)})
}

// SetDailyLimit says how much may leave the account on one day (UTC), starting afresh now; 0 takes the limit away.
func (b *Bank) SetDailyLimit(ctx context.Context, id AccountID, limit Amount) error {
	if limit < 0 || limit > MaxAmount {
		return errors.New("bank: a daily limit out of range")
	}
	change := "SET limit_day = :never REMOVE daily_limit"
	values := dynamo.Item{":never": dynamo.Text(""), ":closed": dynamo.Text(string(Closed))}
	if limit > 0 {
		change = "SET limit_day = :never, daily_limit = :limit"
		values[":limit"] = dynamo.Number(int64(limit))
	}
	return b.administer(ctx, id, change, "#status <> :closed", values)
}

// administer changes the state of an account that exists. Each change overwrites what was there, so a repetition after
// a lost answer does no harm.
func (b *Bank) administer(ctx context.Context, id AccountID, change, condition string, values dynamo.Item) error {
	condition = "attribute_exists(account_id) AND " + condition
	return persist(ctx, func(ctx context.Context) error {
		_, err := b.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &b.Accounts, Key: id.key(), UpdateExpression: &change, ConditionExpression: &condition,
			ExpressionAttributeNames: map[string]string{"#status": "status"}, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
			if len(failed.Item) == 0 {
				return fmt.Errorf("%w: %s", ErrNoSuchAccount, id)
			}
			return fmt.Errorf("%w: %s", ErrState, id)
		}
		if err != nil {
			return fmt.Errorf("bank: failed to administer %s: %w", id, err)
		}
		return nil
	})
}
