package bank

import (
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
)

// The rules of a transfer, checked on accounts that were read. The transaction has the same rules as conditions, but
// DynamoDB does not say which of them failed: these functions find out, in the order of precedence.

// breaksAlone returns the rule that a request breaks by itself, without a look at the accounts. For this caller, an
// account of somebody else does not exist.
func (r TransferRequest) breaksAlone() (Refusal, Party) {
	switch {
	case r.From.Owner() != r.CustomerID:
		return NoSuchAccount, Payer
	case r.From == r.To:
		return SameAccount, ""
	}
	return "", ""
}

// payerBreaks returns the rule that the payer's account breaks at a moment. The account may break none: then the update
// assumed the wrong day for its limit, and newDay says whether a new day has begun.
func (r TransferRequest) payerBreaks(item dynamo.Item, at time.Time) (refusal Refusal, newDay bool, err error) {
	payer, refusal, err := r.readAccount(item)
	if err != nil || refusal != "" {
		return refusal, false, err
	}
	left, limited := payer.LimitOn(at)
	switch {
	case limited && left < r.Amount:
		refusal = DailyLimit
	case payer.Balance < r.Amount:
		refusal = InsufficientFunds
	}
	return refusal, limited && payer.LimitDay < day(at), nil
}

// payeeBreaks returns the rule that the payee's account breaks.
func (r TransferRequest) payeeBreaks(item dynamo.Item) (Refusal, error) {
	_, refusal, err := r.readAccount(item)
	return refusal, err
}

// readAccount reads an account, and returns the rule that it breaks of those for both accounts.
func (r TransferRequest) readAccount(item dynamo.Item) (account Account, refusal Refusal, err error) {
	if len(item) == 0 {
		return account, NoSuchAccount, nil
	}
	if err := attributevalue.UnmarshalMap(item, &account); err != nil {
		return account, "", fmt.Errorf("bank: failed to read an account: %w", err)
	}
	switch {
	case account.Status == Closed:
		refusal = AccountClosed
	case account.Status == Frozen:
		refusal = AccountFrozen
	case account.Currency != r.Currency:
		refusal = CurrencyMismatch
	}
	return account, refusal, nil
}
