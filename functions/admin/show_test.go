package main

import (
	"testing"

	"drawbridge/shared/bank"

	"github.com/google/go-cmp/cmp"
)

func TestACustomerIsShownWithTheirAccounts(t *testing.T) {
	w := aBank(t)
	w.do(t, "set_password", fields{"customer_id": alice, "username": "Alice", "password": "alice-at-the-bank"}).want(t,
		done)
	w.login(t, alice)
	g := w.plan(t, "show_customer", fields{"customer_id": alice})
	g.want(t, shown)
	var view customerView
	g.into(t, &view)
	want := customerView{
		CustomerID: alice, Name: "Alice Archer", Email: "alice@example.com", Username: "alice", Sessions: 1,
		Accounts: []accountView{{AccountID: account, Status: bank.Open, Currency: "EUR", Balance: "100.00",
			Entries: 1}},
	}
	if diff := cmp.Diff(want, view); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestATransferIsShownFromEitherSide(t *testing.T) {
	w := aBank(t)
	w.do(t, "open_account", fields{"account_id": bob + "-01", "currency": "EUR"}).want(t, done)
	w.transfer(t, "rent", 25_00)
	var request requestView
	w.do(t, "show_request", fields{"customer_id": alice, "idempotency_key": "rent"}).into(t, &request)
	for customerID, amount := range map[string]string{alice: "-25.00", bob: "25.00"} {
		var entries []entryView
		w.do(t, "show_transfer", fields{"customer_id": customerID, "transfer_id": request.TransferID}).into(t, &entries)
		if len(entries) != 1 || entries[0].Amount != amount || entries[0].Counterparty == "" {
			t.Errorf("%s: %+v", customerID, entries)
		}
	}
}

func TestARefusedRequestIsShownByItsKey(t *testing.T) {
	w := aBank(t)
	w.transfer(t, "rent", 25_00) // bob has no account
	var request requestView
	// as the header may have it
	w.do(t, "show_request", fields{"customer_id": alice, "idempotency_key": `"rent"`}).into(t, &request)
	if request.Refusal != bank.NoSuchAccount || request.TransferID != "" || request.CreatedAt == "" {
		t.Errorf("%+v", request)
	}
}

func TestADepositIsShownByItsTransferID(t *testing.T) {
	w := aBank(t)
	var deposit booked
	w.do(t, "deposit", money("100.00", "opening")).into(t, &deposit)
	var entries []entryView
	w.do(t, "show_transfer", fields{"customer_id": alice, "transfer_id": deposit.TransferID}).into(t, &entries)
	if len(entries) != 1 || entries[0].Amount != "100.00" || entries[0].Counterparty != "" {
		t.Errorf("%+v", entries)
	}
}

func TestWhatIsNotThereIsNotShown(t *testing.T) {
	w := aBank(t)
	w.do(t, "show_transfer", fields{"customer_id": alice, "transfer_id": "tr_aaaaaaaaaaaaaaaaaaaaaaaaaa"}).refused(t,
		noSuchTransfer)
	w.do(t, "show_request", fields{"customer_id": bob, "idempotency_key": "rent"}).refused(t, noSuchRequest)
}
