package bank_test

import (
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

func TestEveryTerminalRefusalNamesItsRule(t *testing.T) {
	const yen bank.AccountID = "1000000001-09"
	nothing := func(*banktest.Fixture) error { return nil }
	freeze := func(id bank.AccountID) func(*banktest.Fixture) error {
		return func(f *banktest.Fixture) error { return f.Freeze(t.Context(), id) }
	}
	closeSavings := func(f *banktest.Fixture) error { return f.Close(t.Context(), savings) }
	limitAlice := func(f *banktest.Fixture) error { return f.SetDailyLimit(t.Context(), alice, 20_00) }
	for name, c := range map[string]struct {
		prepare  func(f *banktest.Fixture) error
		from, to bank.AccountID
		amount   bank.Amount
		want     bank.Refusal
	}{
		"not covered":             {nothing, alice, bob, 100_01, bank.InsufficientFunds},
		"same account":            {nothing, alice, alice, 1, bank.SameAccount},
		"no such payee":           {nothing, alice, "1000000009-01", 1, bank.NoSuchAccount},
		"no such payer":           {nothing, "1000000001-55", bob, 1, bank.NoSuchAccount},
		"payer in other currency": {nothing, yen, bob, 1, bank.CurrencyMismatch},
		"payee in other currency": {nothing, alice, yen, 1, bank.CurrencyMismatch},
		"payer frozen":            {freeze(alice), alice, bob, 1, bank.AccountFrozen},
		"payee frozen":            {freeze(bob), alice, bob, 1, bank.AccountFrozen},
		"payer closed":            {closeSavings, savings, bob, 1, bank.AccountClosed},
		"payee closed":            {closeSavings, alice, savings, 1, bank.AccountClosed},
		"over the daily limit":    {limitAlice, alice, bob, 20_01, bank.DailyLimit},
	} {
		t.Run(name, func(t *testing.T) {
			f := aBank(t)
			f.Account(t, yen, "JPY", 1000)
			testkit.Must(t, c.prepare(f))
			if got := f.Pay(t, f.Request(c.from, c.to, c.amount)); got.Refusal != c.want {
				t.Errorf("got %q, want %q", got.Refusal, c.want)
			}
			f.Want(t, balances{alice: 100_00, bob: 50_00, savings: 0, yen: 1000})
		})
	}
}

func TestTheDailyLimitCountsAllTransfersOfADayAndStartsAfreshTheNext(t *testing.T) {
	f := aBank(t)
	testkit.Must(t, f.SetDailyLimit(t.Context(), alice, 20_00))
	step := func(amount bank.Amount, want bank.Refusal) {
		t.Helper()
		if got := f.Pay(t, f.Request(alice, bob, amount)); got.Refusal != want {
			t.Errorf("%d: %q, want %q", amount, got.Refusal, want)
		}
	}
	step(15_00, "")
	step(5_01, bank.DailyLimit)
	step(5_00, "")
	step(1, bank.DailyLimit)
	f.Now = f.Now.Add(12 * time.Hour) // midnight
	step(19_00, "")
	step(1_01, bank.DailyLimit)
	f.Now = f.Now.Add(-12 * time.Hour) // a function whose clock is behind: the new day's limit holds
	step(1_00, "")
	step(1, bank.DailyLimit)
	testkit.Must(t, f.SetDailyLimit(t.Context(), alice, 0))
	step(30_00, "")
	f.Want(t, balances{alice: 30_00, bob: 120_00})
}

// The first transfer of a day reads the account and sends an update of its own. What changes in between counts.
func TestTheFirstTransferOfADayIsRefusedForWhatHappensMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		limit     bank.Amount
		meanwhile func(f *banktest.Fixture) error
		want      bank.Refusal
	}{
		"the day's limit is spent": {80_00, func(f *banktest.Fixture) error {
			_, err := f.Transfer(t.Context(), f.Request(alice, savings, 30_00))
			return err
		}, bank.DailyLimit},
		"the limit is lowered": {80_00, func(f *banktest.Fixture) error {
			return f.SetDailyLimit(t.Context(), alice, 59_99)
		}, bank.DailyLimit},
		"the money is spent": {bank.MaxAmount, func(f *banktest.Fixture) error {
			_, err := f.Book(t.Context(), withdrawal(50_00, "till"))
			return err
		}, bank.InsufficientFunds},
	} {
		t.Run(name, func(t *testing.T) {
			f := aBank(t)
			testkit.Must(t, f.SetDailyLimit(t.Context(), alice, c.limit))
			next, sent := dynamotest.Transport(), 0
			slow := banktest.On(f.DB, f.DB.Through(testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
				if dynamotest.Operation(r) == "TransactWriteItems" {
					if sent++; sent == 2 {
						testkit.WantError(t, c.meanwhile(f), nil)
					}
				}
				return next.RoundTrip(r)
			})), func() time.Time { return f.Now })
			receipt, err := slow.Transfer(t.Context(), f.Request(alice, bob, 60_00))
			if testkit.Must(t, err); receipt.Refusal != c.want || sent < 2 {
				t.Errorf("%q after %d transactions, want %q", receipt.Refusal, sent, c.want)
			}
		})
	}
}

func TestARequestThatIsNotWholeIsAnErrorAndNoRefusal(t *testing.T) {
	f := aBank(t)
	for name, change := range map[string]func(*bank.TransferRequest){
		"no customer":       func(r *bank.TransferRequest) { r.CustomerID = "" },
		"no key":            func(r *bank.TransferRequest) { r.Key = "" },
		"no amount":         func(r *bank.TransferRequest) { r.Amount = 0 },
		"a negative amount": func(r *bank.TransferRequest) { r.Amount = -1 },
		"too much":          func(r *bank.TransferRequest) { r.Amount = bank.MaxAmount + 1 },
		"no payer":          func(r *bank.TransferRequest) { r.From = "" },
		"no payee":          func(r *bank.TransferRequest) { r.To = "1000000002" },
	} {
		request := f.Request(alice, bob, 1)
		change(&request)
		if receipt, err := f.Transfer(t.Context(), request); err == nil {
			t.Errorf("%s: %+v", name, receipt)
		}
		if preview, err := f.Preview(t.Context(), request); err == nil {
			t.Errorf("%s, previewed: %+v", name, preview)
		}
	}
	unapproved := f.Request(alice, alice, 1) // which would be refused for good
	unapproved.ApprovalID = ""
	if receipt, err := f.Transfer(t.Context(), unapproved); err == nil {
		t.Errorf("without an approval: %+v", receipt)
	}
}

// The rules that a request breaks by itself come before all others, and that of the owner before that of the payee.
func TestSomebodyElsesAccountIsNotThereWhateverElseIsWrong(t *testing.T) {
	f := aBank(t)
	theft := f.Request(bob, bob, 1)
	theft.CustomerID = alice.Owner()
	if receipt := f.Pay(t, theft); receipt.Refusal != bank.NoSuchAccount {
		t.Errorf("%+v", receipt)
	}
}
