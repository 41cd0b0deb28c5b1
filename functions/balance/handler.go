package main

import (
	"context"
	"net/http"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/bank"
	"drawbridge/shared/caller"
	"drawbridge/shared/customer"
	"drawbridge/shared/rest"
)

// account is one account as the API shows it; balance is a decimal string in the currency's own digits.
type account struct {
	ID       bank.AccountID `json:"account_id"`
	Currency bank.Currency  `json:"currency"`
	Balance  string         `json:"balance"`
}

// New returns the handler of GET /balance: the caller's accounts, strongly consistent.
func New(directory *customer.Directory, accounts *bank.Bank, now func() time.Time) rest.Handler {
	kinds := []access.Kind{access.KindUser, access.KindSession}
	return rest.Guard(access.ScopeViewBalance, kinds, now, caller.Customer(directory,
		func(ctx context.Context, _ *rest.Request, customerID string) (rest.Response, error) {
			found, err := accounts.Balances(ctx, customerID)
			if err != nil {
				return rest.Response{}, err
			}
			shown := make([]account, len(found))
			for i, a := range found {
				shown[i] = account{ID: a.ID, Currency: a.Currency, Balance: a.Balance.Format(a.Currency)}
			}
			return rest.JSON(http.StatusOK, map[string]any{"accounts": shown}), nil
		}))
}
