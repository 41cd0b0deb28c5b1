package bank_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

// withdrawal takes amount, in euro cents, out of alice's account.
func withdrawal(amount bank.Amount, key string) bank.Booking {
	return bank.Booking{Account: alice, Amount: -amount, Currency: "EUR", Key: key}
}

func TestAWithdrawalLeavesOneEntryAndItsIDFindsIt(t *testing.T) {
	f := aBank(t)
	id, err := f.Book(t.Context(), withdrawal(30_00, "till"))
	testkit.Must(t, err)
	entries, err := f.EntriesOf(t.Context(), alice.Owner(), bank.TransferID(id))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if e := entries[0]; e.Amount != -30_00 || e.Counterparty != "" || e.Account != alice {
		t.Errorf("%+v", e)
	}
	f.Want(t, balances{alice: 70_00})
}

func TestARepeatedWithdrawalIsTheFirstOne(t *testing.T) {
	f := aBank(t)
	till := withdrawal(100_00, "till") // there is no money for another
	if id, err := f.Booked(t.Context(), till); id != "" || err != nil {
		t.Errorf("before: %q, %v", id, err)
	}
	first, err := f.Book(t.Context(), till)
	testkit.Must(t, err)
	for name, again := range map[string]func() (string, error){
		"booked again": func() (string, error) { return f.Book(t.Context(), till) },
		"looked up":    func() (string, error) { return f.Booked(t.Context(), till) },
	} {
		if id, err := again(); err != nil || id != first {
			t.Errorf("%s: %s, %v, first %s", name, id, err, first)
		}
	}
	f.Want(t, balances{alice: 0})
}

func TestOneWithdrawalOfManyAtOnceIsCarriedOut(t *testing.T) {
	f := aBank(t)
	testkit.Together(8, func(int) {
		_, err := f.Book(t.Context(), withdrawal(60_00, "till"))
		testkit.WantError(t, err, nil)
	})
	f.Want(t, balances{alice: 40_00})
}

func TestAWithdrawalHappensOnceWhateverFails(t *testing.T) {
	f := aBank(t)
	troubled := banktest.On(f.DB, f.DB.Through(dynamotest.NewFaults()), nil)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		ctx := dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{Rate: 0.5, Rand: random})
		for err := bank.ErrUnavailable; err != nil; {
			if !errors.Is(err, bank.ErrUnavailable) {
				t.Fatal(err)
			}
			_, err = troubled.Book(ctx, withdrawal(1_00, string(rune('a'+i))))
		}
	}
	f.Want(t, balances{alice: 80_00})
}

func TestABookingThatCannotBeIsRefused(t *testing.T) {
	f := aBank(t)
	const frozen bank.AccountID = "1000000001-03"
	f.Account(t, frozen, "EUR", 1_00)
	testkit.Must(t, f.Freeze(t.Context(), frozen))
	for name, c := range map[string]struct {
		account  bank.AccountID
		amount   bank.Amount
		currency bank.Currency
		key      string
		want     error
	}{
		"more than there is":              {alice, -100_01, "EUR", "k", bank.ErrState},
		"a cent where there is none":      {savings, -1, "EUR", "k", bank.ErrState},
		"from a frozen account":           {frozen, -1, "EUR", "k", bank.ErrState},
		"onto a frozen account":           {frozen, 1, "EUR", "k", bank.ErrState},
		"on no account":                   {nowhere, 1, "EUR", "k", bank.ErrNoSuchAccount},
		"in another currency":             {alice, 1, "JPY", "k", bank.ErrState},
		"another amount under a used key": {alice, 1, "EUR", "opening", bank.ErrKeyReused},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Book(t.Context(), bank.Booking{Account: c.account, Amount: c.amount, Currency: c.currency, Key: c.key})
			testkit.WantError(t, err, c.want)
		})
	}
	f.Want(t, balances{alice: 100_00, frozen: 1_00})
}

func TestABookingOutOfRangeIsRefused(t *testing.T) {
	f := aBank(t)
	for _, b := range []bank.Booking{
		{Amount: 0, Key: "k"}, {Amount: bank.MaxAmount + 1, Key: "k"}, {Amount: -bank.MaxAmount - 1, Key: "k"}, {Amount: 1},
	} {
		b.Account, b.Currency = alice, "EUR"
		if _, err := f.Book(t.Context(), b); err == nil {
			t.Errorf("%+v was booked", b)
		}
		if _, err := f.Booked(t.Context(), b); err == nil {
			t.Errorf("%+v was looked up", b)
		}
	}
	f.Want(t, balances{alice: 100_00})
}

func TestAKeyThatBroughtMoneyInTakesNoneOut(t *testing.T) {
	f := aBank(t)
	_, err := f.Booked(t.Context(), withdrawal(100_00, "opening"))
	testkit.WantError(t, err, bank.ErrKeyReused)
	_, err = f.Book(t.Context(), withdrawal(100_00, "opening"))
	testkit.WantError(t, err, bank.ErrKeyReused)
}

func TestOpeningAndDepositingAgainChangeNothing(t *testing.T) {
	f := aBank(t)
	for range 3 {
		testkit.Must(t, f.Open(t.Context(), alice, "EUR"))
		f.Deposit(t, alice, 5_00, "EUR", "gift")
	}
	f.Want(t, balances{alice: 105_00})
	entries, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 10})
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestAChangeOfAnAccountThatItsStateForbidsIsRefused(t *testing.T) {
	f := aBank(t)
	const closed bank.AccountID = "1000000001-03"
	f.Account(t, closed, "EUR", 0)
	testkit.Must(t, f.Close(t.Context(), closed))
	for name, c := range map[string]struct {
		change func() error
		want   error
	}{
		"a second currency":           {func() error { return f.Open(t.Context(), alice, "JPY") }, bank.ErrState},
		"closing with money in it":    {func() error { return f.Close(t.Context(), alice) }, bank.ErrState},
		"closing what is not there":   {func() error { return f.Close(t.Context(), nowhere) }, bank.ErrNoSuchAccount},
		"freezing what is not there":  {func() error { return f.Freeze(t.Context(), nowhere) }, bank.ErrNoSuchAccount},
		"opening a closed one":        {func() error { return f.Thaw(t.Context(), closed) }, bank.ErrState},
		"freezing a closed one":       {func() error { return f.Freeze(t.Context(), closed) }, bank.ErrState},
		"the limit of a closed one":   {func() error { return f.SetDailyLimit(t.Context(), closed, 1) }, bank.ErrState},
		"no limit of a closed one":    {func() error { return f.SetDailyLimit(t.Context(), closed, 0) }, bank.ErrState},
		"an account ID that is none":  {func() error { return f.Open(t.Context(), "1", "EUR") }, bank.ErrAccountID},
		"a currency that is not used": {func() error { return f.Open(t.Context(), nowhere, "DEM") }, bank.ErrCurrency},
	} {
		t.Run(name, func(t *testing.T) { testkit.WantError(t, c.change(), c.want) })
	}
	for _, limit := range []bank.Amount{-1, bank.MaxAmount + 1} {
		if err := f.SetDailyLimit(t.Context(), alice, limit); err == nil {
			t.Errorf("the limit is %d", limit)
		}
	}
}

func TestAnAccountIsShownAsItStands(t *testing.T) {
	f := aBank(t)
	testkit.Must(t, f.SetDailyLimit(t.Context(), alice, 50_00))
	account, err := f.Find(t.Context(), alice)
	if err != nil || account.Balance != 100_00 || account.Status != bank.Open || account.Entries != 1 {
		t.Errorf("%+v, %v", account, err)
	}
	if left, ok := account.LimitOn(f.Now); left != 50_00 || !ok {
		t.Errorf("%d left, %v", left, ok)
	}
	_, err = f.Find(t.Context(), nowhere)
	testkit.WantError(t, err, bank.ErrNoSuchAccount)
}

func TestARequestIsFoundByItsKey(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, nowhere, 1)
	f.Pay(t, request)
	answered, ok, err := f.Answered(t.Context(), request.CustomerID, request.Key)
	if err != nil || !ok || answered.Refusal != bank.NoSuchAccount || answered.TransferID != "" {
		t.Errorf("%+v, %v, %v", answered, ok, err)
	}
	if _, ok, err := f.Answered(t.Context(), request.CustomerID, "another"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
