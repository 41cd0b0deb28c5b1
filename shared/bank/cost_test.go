package bank_test

import (
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
)

func TestWhatEachOperationCosts(t *testing.T) {
	f := aBank(t)
	meter := dynamotest.NewMeter()
	metered := banktest.On(f.DB, f.DB.Through(meter), func() time.Time { return f.Now })
	accepted, refused, another := f.Request(alice, bob, 1_00), f.Request(alice, bob, 1_000_00), f.Request(alice, bob, 1)
	for _, c := range []struct {
		name  string
		do    func() error
		trips int
		units float64 // a cancelled transaction tells none
	}{
		{"a transfer", func() error { _, err := metered.Transfer(t.Context(), accepted); return err }, 1, 12},
		{"a transfer with the longest reference", func() error {
			long := f.Request(alice, bob, 1_00)
			long.Reference = bank.Reference(strings.Repeat("🏠", bank.MaxReference))
			_, err := metered.Transfer(t.Context(), long)
			return err
		}, 1, 12},
		{"a transfer with a proof", func() error {
			_, err := metered.Transfer(t.Context(), proved(f, 1_00))
			return err
		}, 1, 14},
		{"its repetition", func() error { _, err := metered.Transfer(t.Context(), accepted); return err }, 1, 0},
		{"a refusal", func() error { _, err := metered.Transfer(t.Context(), refused); return err }, 2, 1},
		{"a preview", func() error { _, err := metered.Preview(t.Context(), another); return err }, 2, 4},
		{"balances", func() error { _, err := metered.Balances(t.Context(), alice.Owner()); return err }, 1, 1},
		{"a page of a statement", func() error {
			_, _, err := metered.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 20})
			return err
		}, 1, 1},
		{"a deposit", func() error { return banktest.Deposit(t.Context(), metered, bob, 1, "EUR", "k") }, 1, 6},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		trips, units := meter.Reading()
		if trips != c.trips || units != c.units {
			t.Errorf("%s took %d round trips and %v units, want %d and %v", c.name, trips, units, c.trips, c.units)
		}
	}
}
