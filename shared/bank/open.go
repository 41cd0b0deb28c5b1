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

// Deposit adds money to an open account, with its ledger entry, once for each (id, key). Money enters the bank in no
// other way. A key used before for another amount is ErrKeyReused; an account that cannot be paid is ErrNoSuchAccount
// or ErrState.
func (b *Bank) Deposit(ctx context.Context, id AccountID, amount Amount, c Currency, key string) error {
	if amount <= 0 || amount > MaxAmount || key == "" {
		return errors.New("bank: a deposit needs an amount in range and a key")
	}
	depositID, err := b.newID()
	if err != nil {
		return err
	}
	now := b.Now()
	deposit := record{
		Key: hash("deposit", string(id), key), Fingerprint: hash(fmt.Sprint(int64(amount)), string(c)),
		TransferID: depositID, At: timestamp(now),
	}
	recorded, err := b.put(b.Transfers, "transfer_key", deposit)
	if err != nil {
		return err
	}
	recorded.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	entry, err := b.put(b.Ledger, "entry_id", newEntry(depositID, id, "", amount, c, now))
	if err != nil {
		return err
	}
	items := []types.TransactWriteItem{
		recorded,
		b.update(id, c, map[string]types.AttributeValue{":amount": dynamo.Number(int64(amount))}, credit, ""),
		entry,
	}
	return persist(ctx, func(ctx context.Context) error {
		_, err := b.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
		if reasons, cancelled := dynamo.Cancellation(err); cancelled && len(reasons) == len(items) {
			switch {
			case dynamo.Failed(reasons[0]):
				return repeatedDeposit(deposit, reasons[0].Item)
			case dynamo.Transient(err):
			case dynamo.Failed(reasons[1]) && len(reasons[1].Item) == 0:
				return fmt.Errorf("%w: %s", ErrNoSuchAccount, id)
			case dynamo.Failed(reasons[1]):
				return fmt.Errorf("%w: %s is not open in %s", ErrState, id, c)
			}
		}
		if err != nil {
			return fmt.Errorf("bank: failed to deposit to %s: %w", id, err)
		}
		return nil
	})
}

func repeatedDeposit(wanted record, item map[string]types.AttributeValue) error {
	var found record
	if err := attributevalue.UnmarshalMap(item, &found); err != nil {
		return fmt.Errorf("bank: failed to read a deposit's record: %w", err)
	}
	if found.Fingerprint != wanted.Fingerprint {
		return ErrKeyReused
	}
	return nil
}
