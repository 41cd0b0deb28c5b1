package bank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TransferRequest asks to move money out of one of the customer's accounts.
type TransferRequest struct {
	CustomerID string // who asks: from the principal, never from the request
	Key        IdempotencyKey
	From, To   AccountID
	Amount     Amount
	Currency   Currency
	Reference  Reference
	ApprovalID string // names what a person gave on the phone; it pays for one transfer
	ProofID    string // names the proof of the token's key that came with the request; as the approval; may be empty
}

// Refusal is the stable code of a terminal refusal: the request can never succeed under its key. Empty: accepted.
type Refusal string

const (
	SameAccount       Refusal = "same_account"
	NoSuchAccount     Refusal = "no_such_account"
	AccountClosed     Refusal = "account_closed"
	AccountFrozen     Refusal = "account_frozen"
	CurrencyMismatch  Refusal = "currency_mismatch"
	DailyLimit        Refusal = "daily_limit_exceeded"
	InsufficientFunds Refusal = "insufficient_funds"
)

// Party says which of the two accounts a refusal is about.
type Party string

const (
	Payer Party = "payer"
	Payee Party = "payee"
)

// Outcome is what became of a transfer.
type Outcome struct {
	TransferID string // empty if refused
	Refusal    Refusal
	Party      Party // the account that a refusal is about, if it is about one
	From, To   AccountID
	Amount     Amount
	Currency   Currency
	At         time.Time // when the request that decided it was received
}

// Receipt is the answer to a transfer request.
type Receipt struct {
	TransferID string // empty if refused
	Refusal    Refusal
	CreatedAt  string // when the request that decided it was received
	Answer     []byte // as Config.Answer made it then
	Replayed   bool   // that was an earlier request with this key
}

// Transfer moves the money once for each (CustomerID, Key), however often it is called. The receipt may be a refusal,
// which is final for the key. Errors: ErrKeyReused, ErrApprovalUsed, ErrProofUsed, and ErrUnavailable when the
// context's time did not suffice to learn the outcome; anything else is a fault in the data or in this program.
func (b *Bank) Transfer(ctx context.Context, request TransferRequest) (Receipt, error) {
	if err := request.check(); err != nil {
		return Receipt{}, err
	}
	if request.ApprovalID == "" {
		return Receipt{}, errors.New("bank: a transfer needs an approval")
	}
	attempt := b.newAttempt(request)
	var receipt Receipt
	err := persist(ctx, func(ctx context.Context) (err error) {
		receipt, err = attempt.run(ctx)
		return err
	})
	return receipt, err
}

func (r TransferRequest) check() error {
	switch {
	case r.CustomerID == "" || r.Key == "":
		return errors.New("bank: a transfer needs its customer and key")
	case r.Amount <= 0 || r.Amount > MaxAmount:
		return errors.New("bank: a transfer's amount is out of range")
	}
	for _, id := range []AccountID{r.From, r.To} {
		if _, err := ParseAccountID(string(id)); err != nil {
			return fmt.Errorf("bank: a transfer's account is %w", err)
		}
	}
	return nil
}

// attempt is one call of Transfer. Its transfer id and time stay the same however often it is sent.
type attempt struct {
	*Bank
	request TransferRequest
	outcome Outcome // as it will be if the transfer is accepted
	newDay  bool    // the payer's daily limit is to start afresh
}

func (b *Bank) newAttempt(request TransferRequest) *attempt {
	at := b.Now().UTC().Truncate(time.Microsecond)
	return &attempt{Bank: b, request: request, outcome: Outcome{
		TransferID: string(newTransferID(at)), From: request.From, To: request.To,
		Amount: request.Amount, Currency: request.Currency,
		At: at,
	}}
}

// run sends the transaction once and settles what it answers. A transient error leaves the outcome open.
func (a *attempt) run(ctx context.Context) (Receipt, error) {
	if refusal, party := a.request.breaksAlone(); refusal != "" {
		return a.refuse(ctx, refusal, party)
	}
	accepted, err := a.newRecord(a.request, a.outcome)
	if err != nil {
		return Receipt{}, err
	}
	items := a.items(accepted)
	_, err = a.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	if err == nil {
		return accepted.receipt(), nil
	}
	reasons, cancelled := dynamo.Cancellation(err)
	if !cancelled {
		return Receipt{}, fmt.Errorf("bank: failed to transfer: %w", err)
	}
	return a.settle(ctx, len(items), reasons)
}

// refuse puts a terminal refusal under the request's key, unless an answer is there by now: then that is the answer.
// A lost answer does no harm: the SDK's repetition finds the same record in the way and gets its bytes.
func (a *attempt) refuse(ctx context.Context, refusal Refusal, party Party) (Receipt, error) {
	outcome := a.outcome
	outcome.TransferID, outcome.Refusal, outcome.Party = "", refusal, party
	refused, err := a.newRecord(a.request, outcome)
	if err != nil {
		return Receipt{}, err
	}
	_, err = a.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &a.Transfers, Item: itemOf(refused),
		ConditionExpression:                 new("attribute_not_exists(transfer_key)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if taken, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return replay(a.request, taken.Item)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("bank: failed to record a refusal: %w", err)
	}
	return refused.receipt(), nil
}
