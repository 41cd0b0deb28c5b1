package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bank"
	"drawbridge/shared/caller"
	"drawbridge/shared/customer"
	"drawbridge/shared/rest"
)

// entry is one ledger entry as the API shows it; amount is a signed decimal string, negative for what left.
type entry struct {
	ID           string         `json:"entry_id"`
	TransferID   string         `json:"transfer_id"`
	Account      bank.AccountID `json:"account_id"`
	Counterparty bank.AccountID `json:"counterparty,omitempty"` // none for a deposit
	Amount       string         `json:"amount"`
	Currency     bank.Currency  `json:"currency"`
	Reference    bank.Reference `json:"reference,omitempty"`
	CreatedAt    string         `json:"created_at"`
}

type page struct {
	Entries []entry `json:"entries"`
	Next    string  `json:"next,omitempty"` // none on the last page
}

// New returns the handler of both routes. GET /transfers is the caller's ledger, newest first: ?limit= says how many
// entries, ?next= takes the cursor of the page before, ?from= and ?to= bound the time of the entries. With
// ?idempotency_key= it is what became of one request; GET /transfers/{transfer_id} is that of one transfer.
func New(directory *customer.Directory, ledger *bank.Bank, now func() time.Time) rest.Handler {
	kinds := []access.Kind{access.KindUser, access.KindSession}
	return rest.Guard(access.ScopeViewBalance, kinds, now, caller.Customer(directory,
		func(ctx context.Context, r *rest.Request, customerID string) (rest.Response, error) {
			_, byKey := r.Query("idempotency_key")
			switch {
			case r.Resource == "/transfers/{transfer_id}":
				return byID(ctx, ledger, r, customerID)
			case byKey:
				return byIdempotencyKey(ctx, ledger, r, customerID)
			}
			return statement(ctx, ledger, r, customerID)
		}))
}

func statement(ctx context.Context, ledger *bank.Bank, r *rest.Request, customerID string) (rest.Response, error) {
	asked, err := pageOf(r)
	if err != nil {
		return rest.Response{}, err
	}
	entries, next, err := ledger.Statement(ctx, customerID, asked)
	if errors.Is(err, bank.ErrCursor) {
		return rest.Response{}, rest.Refuse("invalid_cursor",
			"next must be the next of a page of this statement, unchanged.")
	}
	if err != nil {
		return rest.Response{}, err
	}
	shown := page{Entries: make([]entry, len(entries)), Next: next}
	for i, e := range entries {
		shown.Entries[i] = entry{
			ID: e.ID, TransferID: e.TransferID, Account: e.Account, Counterparty: e.Counterparty,
			Amount: e.Amount.Format(e.Currency), Currency: e.Currency, Reference: e.Reference,
			CreatedAt: e.CreatedAt,
		}
	}
	return rest.JSON(http.StatusOK, shown), nil
}
