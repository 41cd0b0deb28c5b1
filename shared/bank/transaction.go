package bank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The items of a transfer's transaction, in their order: the place of a reason says what it is about.
const (
	itemRecord = iota
	itemPayer
	itemPayee
	itemPayerEntry
	itemPayeeEntry
	itemApproval
	itemProof // of a request that came with a proof, and of no other
)

// approvalKept is for how long the use of an approval is remembered. Auth0 lets no access token live longer than 30
// days, so every token that carries the approval has expired by then.
//
// https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime
const approvalKept = 31 * 24 * time.Hour

// proofKept is for how long the use of a proof is remembered: longer than any proof is good (package dpop).
const proofKept = time.Hour

func (a *attempt) items(accepted record) []types.TransactWriteItem {
	o := a.outcome
	items := []types.TransactWriteItem{
		itemRecord:     a.putRecord(accepted),
		itemPayer:      a.payer(),
		itemPayee:      a.payee(),
		itemPayerEntry: put(a.Ledger, "entry_id", a.entry(o.From, o.To, -o.Amount)),
		itemPayeeEntry: put(a.Ledger, "entry_id", a.entry(o.To, o.From, o.Amount)),
		itemApproval: put(a.Approvals, "approval_id", use{
			ApprovalID: a.request.ApprovalID, TransferKey: accepted.Key, ExpiresAt: o.At.Add(approvalKept).Unix(),
		}),
	}
	if a.request.ProofID != "" {
		// No approval_id has a #, so this key is free.
		items = append(items, put(a.Approvals, "approval_id", use{
			ApprovalID: "proof#" + a.request.ProofID, TransferKey: accepted.Key, ExpiresAt: o.At.Add(proofKept).Unix(),
		}))
	}
	return items
}

// use says that an approval, or a proof, has paid for a transfer.
type use struct {
	ApprovalID  string `dynamodbav:"approval_id"`
	TransferKey string `dynamodbav:"transfer_key"`
	ExpiresAt   int64  `dynamodbav:"expires_at"`
}

// entry is one side of the transfer.
func (a *attempt) entry(account, counterparty AccountID, amount Amount) Entry {
	e := newEntry(a.outcome.TransferID, account, counterparty, amount, a.outcome.Currency, a.outcome.At)
	e.TransferKey, e.Reference = a.request.recordKey(), a.request.Reference
	return e
}

// put adds a new item, and fails if it is there.
func put(table, key string, value any) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &table, Item: itemOf(value), ConditionExpression: new("attribute_not_exists(" + key + ")"),
	}}
}

// putRecord is put, and the record that is there comes back with the failed condition.
func (b *Bank) putRecord(r record) types.TransactWriteItem {
	item := put(b.Transfers, "transfer_key", r)
	item.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	return item
}

func itemOf(row any) dynamo.Item {
	item, err := attributevalue.MarshalMap(row)
	if err != nil {
		panic("bank: a row that is no item: " + err.Error()) // structs of strings, numbers and bytes: cannot happen
	}
	return item
}

// payer takes the amount out of the account. A DynamoDB condition cannot compute, so what is left of the day's limit
// is stored, not what was spent, and the first transfer of a day needs an update of its own: it is sent only after the
// usual one failed on an account whose day is over.
func (a *attempt) payer() types.TransactWriteItem {
	values := dynamo.Item{
		":amount": dynamo.Number(int64(a.outcome.Amount)), ":minus": dynamo.Number(int64(-a.outcome.Amount)),
		":today": dynamo.Text(day(a.outcome.At)),
	}
	if a.newDay {
		return a.update(a.outcome.From, a.outcome.Currency, values,
			"SET limit_day = :today, limit_left = daily_limit - :amount ADD balance :minus, entries :one",
			"balance >= :amount AND limit_day < :today AND daily_limit >= :amount")
	}
	return a.update(a.outcome.From, a.outcome.Currency, values,
		"ADD balance :minus, entries :one, limit_left :minus",
		"balance >= :amount AND (attribute_not_exists(daily_limit) OR (limit_day >= :today AND limit_left >= :amount))")
}

func (a *attempt) payee() types.TransactWriteItem {
	values := dynamo.Item{":amount": dynamo.Number(int64(a.outcome.Amount))}
	return a.update(a.outcome.To, a.outcome.Currency, values, credit, "")
}

// credit adds an amount, and the entry that says so, to an account.
const credit = "ADD balance :amount, entries :one"

// update changes an account that exists, is open and has the currency. The account as it was comes back with a failed
// condition, to tell which rule it was.
func (b *Bank) update(id AccountID, c Currency, values dynamo.Item, change, condition string) types.TransactWriteItem {
	rules := "attribute_exists(account_id) AND #status = :open AND currency = :currency"
	if condition != "" {
		rules += " AND " + condition
	}
	values[":open"], values[":currency"] = dynamo.Text(string(Open)), dynamo.Text(string(c))
	values[":one"] = dynamo.Number(1)
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &b.Accounts, Key: id.key(), UpdateExpression: &change, ConditionExpression: &rules,
		ExpressionAttributeNames: map[string]string{"#status": "status"}, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// settle answers a cancellation of the items that were sent. It takes the reasons in the order that the package comment
// gives; each step relies on those before it.
func (a *attempt) settle(
	ctx context.Context, sent int, reasons []types.CancellationReason,
) (_ Receipt, err error) {
	var refusal Refusal
	var party Party
	switch {
	case len(reasons) != sent:
		return Receipt{}, fmt.Errorf("bank: a transaction of %d items was cancelled for %d reasons", sent, len(reasons))
	case dynamo.Failed(reasons[itemRecord]):
		return replay(a.request, reasons[itemRecord].Item)
	case slices.ContainsFunc(reasons, dynamo.Passing):
		return Receipt{}, errUnsettled
	case a.request.ProofID != "" && dynamo.Failed(reasons[itemProof]):
		return Receipt{}, ErrProofUsed
	case dynamo.Failed(reasons[itemApproval]):
		return Receipt{}, ErrApprovalUsed
	case dynamo.Failed(reasons[itemPayer]):
		party = Payer
		refusal, a.newDay, err = a.request.payerBreaks(reasons[itemPayer].Item, a.outcome.At)
	case dynamo.Failed(reasons[itemPayee]):
		party = Payee
		refusal, err = a.request.payeeBreaks(reasons[itemPayee].Item)
	default:
		err = errors.New("bank: a transaction was cancelled for a reason that no item of it can have")
	}
	switch {
	case err != nil:
		return Receipt{}, err
	case refusal == "": // a new day, or another account since
		return Receipt{}, errUnsettled
	}
	return a.refuse(ctx, refusal, party)
}
