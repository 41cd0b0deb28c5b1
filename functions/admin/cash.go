package main

import (
	"context"
	"errors"

	"drawbridge/shared/bank"
)

// booked is the result of a deposit or a withdrawal, also of one that was made before.
type booked struct {
	TransferID string `json:"transfer_id"` // of its ledger entry; show_transfer finds it
}

func (d *desk) deposit(ctx context.Context, o order) (plan, error) {
	return d.book(ctx, o, o.amount)
}

func (d *desk) withdraw(ctx context.Context, o order) (plan, error) {
	return d.book(ctx, o, -o.amount)
}

// book first asks whether the operation was carried out: then nothing else matters, neither a balance that the
// operation itself has used up, nor an account that was closed since.
func (d *desk) book(ctx context.Context, o order, amount bank.Amount) (plan, error) {
	booking := bank.Booking{Account: o.account(), Amount: amount, Currency: o.currency(), Key: o.text["operation_id"]}
	id, err := d.bank.Booked(ctx, booking)
	switch {
	case errors.Is(err, bank.ErrKeyReused):
		return plan{}, refuse(operationIDReused,
			"The operation_id was used on this account for another amount, currency or direction.")
	case err != nil:
		return plan{}, err
	case id != "":
		return plan{result: booked{id}}, nil
	}
	there, err := d.account(ctx, o)
	switch {
	case err != nil:
		return plan{}, err
	case there.Status == bank.Closed:
		return plan{}, refuse(accountClosed, "The account was closed, which is for good.")
	case there.Status == bank.Frozen:
		return plan{}, refuse(accountFrozen, "The account is frozen: it neither pays nor is paid.")
	case there.Currency != booking.Currency:
		return plan{}, refuse(currencyMismatch, "The account is in %s.", there.Currency)
	case there.Balance+amount < 0:
		return plan{}, refuse(insufficientFunds, "The account holds %s %s.", there.Balance.Format(there.Currency),
			there.Currency)
	}
	by := amount.Format(booking.Currency)
	return plan{
		changes: []change{{Of: accountOf(o), What: "balance", By: by},
			{Of: "ledger of customer " + o.account().Owner(), What: "entry", To: by}},
		apply: func(ctx context.Context) (any, error) {
			id, err := d.bank.Book(ctx, booking)
			return booked{id}, err
		},
	}, nil
}
