package bank

import (
	"context"
	"errors"
	"fmt"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Open opens an account with a balance of zero. An account that is there with the same currency is left as it is; one
// with another currency is ErrState.
func (b *Bank) Open(ctx context.Context, id AccountID, c Currency) error {
	if _, err := ParseAccountID(string(id)); err != nil {
		return fmt.Errorf("bank: %q is %w", id, err)
	}
	if _, err := ParseCurrency(string(c)); err != nil {
		return fmt.Errorf("bank: failed to open %s: %w", id, err)
	}
	item, err := attributevalue.MarshalMap(Account{ID: id, Currency: c, Status: Open})
	if err != nil {
		return fmt.Errorf("bank: failed to open %s: %w", id, err)
	}
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

// Deposit is Book for money that enters the bank.
func (b *Bank) Deposit(ctx context.Context, id AccountID, amount Amount, c Currency, key string) error {
	if amount <= 0 {
		return errors.New("bank: a deposit needs an amount in range and a key")
	}
	_, err := b.Book(ctx, Booking{Account: id, Amount: amount, Currency: c, Key: key})
	return err
}
