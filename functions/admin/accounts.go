package main

import (
	"context"
	"errors"

	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
)

func (d *desk) openAccount(ctx context.Context, o order) (plan, error) {
	there, err := d.bank.Find(ctx, o.account())
	switch {
	case errors.Is(err, bank.ErrNoSuchAccount):
	case err != nil:
		return plan{}, err
	case there.Currency != o.currency():
		return plan{}, refuse(currencyMismatch, "The account is there, in %s.", there.Currency)
	case there.Status == bank.Closed:
		return plan{}, refuse(accountClosed, "The account was closed, which is for good.")
	default:
		return plan{}, nil
	}
	if _, err := d.directory.Get(ctx, o.account().Owner()); errors.Is(err, customer.ErrNotFound) {
		return plan{}, refuse(noSuchCustomer, "There is no customer %s whose account it could be.", o.account().Owner())
	} else if err != nil {
		return plan{}, err
	}
	return plan{
		changes: []change{{Of: accountOf(o), What: "status", To: string(bank.Open)},
			{Of: accountOf(o), What: "currency", To: string(o.currency())}},
		apply: only(func(ctx context.Context) error { return d.bank.Open(ctx, o.account(), o.currency()) }),
	}, nil
}

func (d *desk) freezeAccount(ctx context.Context, o order) (plan, error) {
	return d.turn(ctx, o, bank.Frozen, d.bank.Freeze)
}

func (d *desk) unfreezeAccount(ctx context.Context, o order) (plan, error) {
	return d.turn(ctx, o, bank.Open, d.bank.Thaw)
}

// closeAccount wants the account empty. The account may be frozen: an operator can freeze it first, so that nothing
// arrives.
func (d *desk) closeAccount(ctx context.Context, o order) (plan, error) {
	there, err := d.account(ctx, o)
	switch {
	case err != nil || there.Status == bank.Closed:
		return plan{}, err
	case there.Balance != 0:
		return plan{}, refuse(accountNotEmpty, "The account holds %s %s.", there.Balance.Format(there.Currency),
			there.Currency)
	}
	return plan{
		changes: []change{{Of: accountOf(o), What: "status", From: string(there.Status), To: string(bank.Closed)}},
		apply:   only(func(ctx context.Context) error { return d.bank.Close(ctx, o.account()) }),
	}, nil
}

// turn changes the status of an account that is not closed.
func (d *desk) turn(ctx context.Context, o order, to bank.Status, do func(context.Context, bank.AccountID) error) (plan,
	error) {
	there, err := d.account(ctx, o)
	switch {
	case err != nil || there.Status == to:
		return plan{}, err
	case there.Status == bank.Closed:
		return plan{}, refuse(accountClosed, "The account was closed, which is for good.")
	}
	return plan{
		changes: []change{{Of: accountOf(o), What: "status", From: string(there.Status), To: string(to)}},
		apply:   only(func(ctx context.Context) error { return do(ctx, o.account()) }),
	}, nil
}

func (d *desk) setDailyLimit(ctx context.Context, o order) (plan, error) {
	return d.limit(ctx, o, o.amount)
}

func (d *desk) clearDailyLimit(ctx context.Context, o order) (plan, error) {
	return d.limit(ctx, o, 0)
}

// limit sets the daily limit; 0 takes it away. A limit that is the same already is left alone, because to set it again
// would let the day's limit be used a second time.
func (d *desk) limit(ctx context.Context, o order, limit bank.Amount) (plan, error) {
	there, err := d.account(ctx, o)
	switch {
	case err != nil:
		return plan{}, err
	case limit != 0 && there.Currency != o.currency():
		return plan{}, refuse(currencyMismatch, "The account is in %s.", there.Currency)
	case there.Status == bank.Closed:
		return plan{}, refuse(accountClosed, "The account was closed, which is for good.")
	case there.DailyLimit == limit:
		return plan{}, nil
	}
	written := func(a bank.Amount) string {
		if a == 0 {
			return "none"
		}
		return a.Format(there.Currency)
	}
	return plan{
		changes: []change{{Of: accountOf(o), What: "daily_limit", From: written(there.DailyLimit), To: written(limit)}},
		apply:   only(func(ctx context.Context) error { return d.bank.SetDailyLimit(ctx, o.account(), limit) }),
	}, nil
}

// account is the order's.
func (d *desk) account(ctx context.Context, o order) (bank.Account, error) {
	there, err := d.bank.Find(ctx, o.account())
	if errors.Is(err, bank.ErrNoSuchAccount) {
		return there, refuse(noSuchAccount, "There is no account %s.", o.account())
	}
	return there, err
}

func accountOf(o order) string { return "account " + string(o.account()) }
