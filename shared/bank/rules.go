package bank

import (
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
)

// The rules of a transfer, told from the accounts as they are read. The transaction has them as conditions; here they
// get their names, in the order of their precedence.

// breaksAlone tells which rule a request breaks whatever the accounts are. To this caller, an account of somebody else
// does not exist.
func (r TransferRequest) breaksAlone() (Refusal, Party) {
	switch {
	case r.From.Owner() != r.CustomerID:
		return NoSuchAccount, Payer
	case r.From == r.To:
		return SameAccount, ""
	}
	return "", ""
}

// payerBreaks tells which rule the payer's account breaks at a moment. An account that made the transaction fail may
// break none: the update supposed its limit to be of another day, and newDay tells which it is.
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

// payeeBreaks tells which rule the payee's account breaks.
func (r TransferRequest) payeeBreaks(item dynamo.Item) (Refusal, error) {
	_, refusal, err := r.readAccount(item)
	return refusal, err
}

// readAccount tells which of the rules for both accounts an account breaks.
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
