package bank

import (
	"context"
	"errors"
	"fmt"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Freeze stops an account from paying and being paid, until Thaw.
func (b *Bank) Freeze(ctx context.Context, id AccountID) error { return b.setStatus(ctx, id, Frozen) }

// Thaw opens a frozen account again.
func (b *Bank) Thaw(ctx context.Context, id AccountID) error { return b.setStatus(ctx, id, Open) }

func (b *Bank) setStatus(ctx context.Context, id AccountID, status Status) error {
	return b.administer(ctx, id, "SET #status = :status", "#status <> :closed",
		map[string]types.AttributeValue{":status": dynamo.Text(string(status)), ":closed": dynamo.Text(string(Closed))})
}

// Close closes an account for good. Its balance must be zero.
func (b *Bank) Close(ctx context.Context, id AccountID) error {
	return b.administer(ctx, id, "SET #status = :closed", "attribute_exists(#status) AND balance = :zero",
		map[string]types.AttributeValue{":closed": dynamo.Text(string(Closed)), ":zero": dynamo.Number(0)})
}

// SetDailyLimit says how much may leave the account on one day (UTC), starting afresh now; 0 takes the limit away.
func (b *Bank) SetDailyLimit(ctx context.Context, id AccountID, limit Amount) error {
	if limit < 0 || limit > MaxAmount {
		return errors.New("bank: a daily limit out of range")
	}
	change := "SET limit_day = :never REMOVE daily_limit"
	values := map[string]types.AttributeValue{":never": dynamo.Text(""), ":closed": dynamo.Text(string(Closed))}
	if limit > 0 {
		change = "SET limit_day = :never, daily_limit = :limit"
		values[":limit"] = dynamo.Number(int64(limit))
	}
	return b.administer(ctx, id, change, "#status <> :closed", values)
}

// administer changes the state of an account that exists. Each change sets what it sets, whatever was there, so that
// a repetition after a lost answer does no harm.
func (b *Bank) administer(ctx context.Context, id AccountID, change, condition string, values map[string]types.AttributeValue) error {
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
