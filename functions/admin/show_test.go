package main

import (
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
)

func TestACustomerIsShownWithTheirAccounts(t *testing.T) {
	w := newWorld(t)
	w.done("set_password", login.with("username", "Alice"))
	w.login(alice)
	g := w.plan("show_customer", ofAlice)
	g.want(shown)
	var view customerView
	g.into(&view)
	want := customerView{
		CustomerID: alice, Name: "Alice Archer", Email: "alice@example.com", Username: "alice", Sessions: 1,
		Accounts: []accountView{{AccountID: account, Status: bank.Open, Currency: "EUR", Balance: "100.00",
			Entries: 1}},
	}
	testkit.Equal(t, want, view)
}

func TestATransferIsShownFromEitherSide(t *testing.T) {
	w := newWorld(t)
	w.done("open_account", fields{"account_id": bob + "-01", "currency": "EUR"})
	w.transfer("rent", 25_00)
	var request requestView
	w.do("show_request", ofAlice.with("idempotency_key", "rent")).into(&request)
	for customerID, amount := range map[string]string{alice: "-25.00", bob: "25.00"} {
		var entries []entryView
		w.do("show_transfer", fields{"customer_id": customerID, "transfer_id": request.TransferID}).into(&entries)
		if len(entries) != 1 || entries[0].Amount != amount || entries[0].Counterparty == "" {
			t.Errorf("%s: %+v", customerID, entries)
		}
	}
}

func TestARefusedRequestIsShownByItsKey(t *testing.T) {
	w := newWorld(t)
	w.transfer("rent", 25_00) // bob has no account
	var request requestView
	// as the header may have it
	w.do("show_request", ofAlice.with("idempotency_key", `"rent"`)).into(&request)
	if request.Refusal != bank.NoSuchAccount || request.TransferID != "" || request.CreatedAt == "" {
		t.Errorf("%+v", request)
	}
}

func TestADepositIsShownByItsTransferID(t *testing.T) {
	w := newWorld(t)
	var deposit booked
	w.do("deposit", money("100.00", "opening")).into(&deposit)
	var entries []entryView
	w.do("show_transfer", ofAlice.with("transfer_id", deposit.TransferID)).into(&entries)
	if len(entries) != 1 || entries[0].Amount != "100.00" || entries[0].Counterparty != "" {
		t.Errorf("%+v", entries)
	}
}

func TestWhatIsNotThereIsNotShown(t *testing.T) {
	w := newWorld(t)
	w.refuses(noSuchTransfer, "show_transfer", ofAlice.with("transfer_id", "tr_aaaaaaaaaaaaaaaaaaaaaaaaaa"))
	w.refuses(noSuchRequest, "show_request", ofBob.with("idempotency_key", "rent"))
}
