package bank

import (
	"errors"
	"fmt"
	"slices"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// verdict is what a cancellation means. The zero verdict is that nothing is settled: try again.
type verdict struct {
	replayed   bool
	found      map[string]types.AttributeValue // the record that answers this key
	stepUpUsed bool
	refusal    Refusal
	party      Party
}

// read takes the reasons in the order that the package comment gives. Each step relies on those before it.
func (a *attempt) read(reasons []types.CancellationReason) (verdict, error) {
	switch {
	case len(reasons) != itemCount:
		return verdict{}, fmt.Errorf("bank: a transaction of %d items was cancelled for %d reasons", itemCount, len(reasons))
	case dynamo.Failed(reasons[itemRecord]):
		return verdict{replayed: true, found: reasons[itemRecord].Item}, nil
	case slices.ContainsFunc(reasons, dynamo.Passing):
		return verdict{}, nil
	case dynamo.Failed(reasons[itemStepUp]):
		return verdict{stepUpUsed: true}, nil
	case dynamo.Failed(reasons[itemPayer]):
		return a.readPayer(reasons[itemPayer].Item)
	case dynamo.Failed(reasons[itemPayee]):
		_, refusal, err := a.readAccount(reasons[itemPayee].Item)
		return verdict{refusal: refusal, party: Payee}, err
	}
	return verdict{}, errors.New("bank: a transaction was cancelled for a reason that no item of it can have")
}

// readPayer tells which rule the payer's account breaks. It may break none: then its limit is of an earlier day, or of
// a later one than the update supposed, and the next try supposes right.
func (a *attempt) readPayer(item map[string]types.AttributeValue) (verdict, error) {
	payer, refusal, err := a.readAccount(item)
	if err != nil {
		return verdict{}, err
	}
	left := payer.LimitLeft
	a.newDay = payer.DailyLimit > 0 && payer.LimitDay < day(a.outcome.At)
	if a.newDay {
		left = payer.DailyLimit
	}
	switch {
	case refusal != "":
	case payer.DailyLimit > 0 && left < a.outcome.Amount:
		refusal = DailyLimit
	case payer.Balance < a.outcome.Amount:
		refusal = InsufficientFunds
	}
	return verdict{refusal: refusal, party: Payer}, nil
}

// readAccount tells which of the rules for both accounts the returned one breaks.
func (a *attempt) readAccount(item map[string]types.AttributeValue) (account Account, refusal Refusal, err error) {
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
	case account.Currency != a.outcome.Currency:
		refusal = CurrencyMismatch
	}
	return account, refusal, nil
}
