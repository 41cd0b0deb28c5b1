package main

import (
	"context"

	"drawbridge/shared/bank"
)

// customerView is what show_customer shows.
type customerView struct {
	CustomerID string        `json:"customer_id"`
	Name       string        `json:"name"`
	Email      string        `json:"email,omitempty"`
	Username   string        `json:"username,omitempty"` // none until a password is set
	Disabled   bool          `json:"disabled"`
	Sessions   int           `json:"sessions"`
	Accounts   []accountView `json:"accounts"`
}

// accountView is an account, as show_account shows it.
type accountView struct {
	AccountID  bank.AccountID `json:"account_id"`
	Status     bank.Status    `json:"status"`
	Currency   bank.Currency  `json:"currency"`
	Balance    string         `json:"balance"`
	Entries    int64          `json:"entries"` // in the ledger
	DailyLimit string         `json:"daily_limit,omitempty"`
	LeftToday  string         `json:"left_today,omitempty"` // of the daily limit
}

// entryView is one entry that show_transfer found.
type entryView struct {
	AccountID    bank.AccountID `json:"account_id"`
	Counterparty bank.AccountID `json:"counterparty,omitempty"` // none of a deposit or a withdrawal
	Amount       string         `json:"amount"`                 // negative if it left the account
	Currency     bank.Currency  `json:"currency"`
	CreatedAt    string         `json:"created_at"`
}

// requestView is what became of a transfer request, as show_request shows it.
type requestView struct {
	TransferID string       `json:"transfer_id,omitempty"` // none if it was refused
	Refusal    bank.Refusal `json:"refusal,omitempty"`
	CreatedAt  string       `json:"created_at"`
}

func (d *desk) showCustomer(ctx context.Context, o order) (plan, error) {
	there, err := d.customer(ctx, o)
	if err != nil {
		return plan{}, err
	}
	sessions, err := d.sessions.Count(ctx, there.ID)
	if err != nil {
		return plan{}, err
	}
	accounts, err := d.bank.Balances(ctx, there.ID)
	if err != nil {
		return plan{}, err
	}
	view := customerView{
		CustomerID: there.ID, Name: there.Name, Email: there.Email, Username: there.Username, Disabled: there.Disabled,
		Sessions: sessions, Accounts: []accountView{},
	}
	for _, account := range accounts {
		view.Accounts = append(view.Accounts, d.viewOf(account))
	}
	return plan{shown: true, result: view}, nil
}

func (d *desk) showAccount(ctx context.Context, o order) (plan, error) {
	there, err := d.account(ctx, o)
	if err != nil {
		return plan{}, err
	}
	return plan{shown: true, result: d.viewOf(there)}, nil
}

func (d *desk) viewOf(a bank.Account) accountView {
	view := accountView{AccountID: a.ID, Status: a.Status, Currency: a.Currency, Balance: a.Balance.Format(a.Currency),
		Entries: a.Entries}
	if left, limited := a.LimitOn(d.now()); limited {
		view.DailyLimit, view.LeftToday = a.DailyLimit.Format(a.Currency), left.Format(a.Currency)
	}
	return view
}

// showTransfer shows a transfer, deposit or withdrawal as it stands in one customer's ledger.
func (d *desk) showTransfer(ctx context.Context, o order) (plan, error) {
	entries, err := d.bank.EntriesOf(ctx, o.customerID(), bank.TransferID(o.text["transfer_id"]))
	if err != nil {
		return plan{}, err
	}
	if len(entries) == 0 {
		return plan{}, refuse(noSuchTransfer, "The transfer is not in the ledger of customer %s.", o.customerID())
	}
	views := make([]entryView, len(entries))
	for i, e := range entries {
		views[i] = entryView{
			AccountID: e.Account, Counterparty: e.Counterparty, Amount: e.Amount.Format(e.Currency),
			Currency: e.Currency, CreatedAt: e.CreatedAt,
		}
	}
	return plan{shown: true, result: views}, nil
}

// showRequest shows what a customer's transfer request came to, also one that was refused and so has no transfer_id.
func (d *desk) showRequest(ctx context.Context, o order) (plan, error) {
	answered, there, err := d.bank.Answered(ctx, o.customerID(), bank.IdempotencyKey(o.text["idempotency_key"]))
	if err != nil {
		return plan{}, err
	}
	if !there {
		return plan{}, refuse(noSuchRequest, "Nothing is recorded under this key of customer %s.", o.customerID())
	}
	return plan{shown: true, result: requestView{
		TransferID: answered.TransferID, Refusal: answered.Refusal, CreatedAt: answered.CreatedAt,
	}}, nil
}
