package bank

import (
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

func (a *attempt) items(accepted record) ([]types.TransactWriteItem, error) {
	o := a.outcome
	record, err := put(a.Transfers, "transfer_key", accepted)
	if err != nil {
		return nil, err
	}
	record.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	payerEntry, err := put(a.Ledger, "entry_id", a.entry(o.From, o.To, -o.Amount))
	if err != nil {
		return nil, err
	}
	payeeEntry, err := put(a.Ledger, "entry_id", a.entry(o.To, o.From, o.Amount))
	if err != nil {
		return nil, err
	}
	approval, err := put(a.Approvals, "approval_id", use{
		ApprovalID: a.request.ApprovalID, TransferKey: accepted.Key, ExpiresAt: o.At.Add(approvalKept).Unix(),
	})
	if err != nil {
		return nil, err
	}
	items := make([]types.TransactWriteItem, a.itemCount())
	items[itemRecord] = record
	items[itemPayer] = a.payer()
	items[itemPayee] = a.payee()
	items[itemPayerEntry] = payerEntry
	items[itemPayeeEntry] = payeeEntry
	items[itemApproval] = approval
	if a.request.ProofID != "" {
		// No approval_id has a #, so this key is free.
		items[itemProof], err = put(a.Approvals, "approval_id", use{
			ApprovalID: "proof#" + a.request.ProofID, TransferKey: accepted.Key, ExpiresAt: o.At.Add(proofKept).Unix(),
		})
	}
	return items, err
}

func (a *attempt) itemCount() int {
	if a.request.ProofID == "" {
		return itemProof
	}
	return itemProof + 1
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
func put(table, key string, value any) (types.TransactWriteItem, error) {
	item, err := attributevalue.MarshalMap(value)
	if err != nil {
		return types.TransactWriteItem{}, fmt.Errorf("bank: failed to write to %s: %w", table, err)
	}
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &table, Item: item, ConditionExpression: new("attribute_not_exists(" + key + ")"),
	}}, nil
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

// decision is what a cancellation means. The zero decision is that nothing is settled: try again.
type decision struct {
	replayed     bool
	found        dynamo.Item // the record that answers this key
	proofUsed    bool
	approvalUsed bool
	refusal      Refusal
	party        Party
}

// decide takes the reasons in the order that the package comment gives. Each step relies on those before it.
func (a *attempt) decide(reasons []types.CancellationReason) (decision, error) {
	switch {
	case len(reasons) != a.itemCount():
		return decision{}, fmt.Errorf("bank: a transaction of %d items was cancelled for %d reasons", a.itemCount(),
			len(reasons))
	case dynamo.Failed(reasons[itemRecord]):
		return decision{replayed: true, found: reasons[itemRecord].Item}, nil
	case slices.ContainsFunc(reasons, dynamo.Passing):
		return decision{}, nil
	case a.request.ProofID != "" && dynamo.Failed(reasons[itemProof]):
		return decision{proofUsed: true}, nil
	case dynamo.Failed(reasons[itemApproval]):
		return decision{approvalUsed: true}, nil
	case dynamo.Failed(reasons[itemPayer]):
		refusal, newDay, err := a.request.payerBreaks(reasons[itemPayer].Item, a.outcome.At)
		a.newDay = newDay
		return decision{refusal: refusal, party: Payer}, err
	case dynamo.Failed(reasons[itemPayee]):
		refusal, err := a.request.payeeBreaks(reasons[itemPayee].Item)
		return decision{refusal: refusal, party: Payee}, err
	}
	return decision{}, errors.New("bank: a transaction was cancelled for a reason that no item of it can have")
}
