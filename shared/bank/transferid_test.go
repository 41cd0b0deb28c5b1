package bank_test

import (
	"bytes"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
)

func TestATransferIsFoundByItsIDInTheLedgersOfBothSides(t *testing.T) {
	f := aBank(t)
	f.Now = f.Now.Add(1234567 * time.Microsecond)
	receipt := f.Pay(t, f.Request(alice, bob, 1_00))
	id, err := bank.ParseTransferID(receipt.TransferID)
	testkit.Must(t, err)
	for _, customer := range []string{alice.Owner(), bob.Owner()} {
		found, ok, err := f.FindTransfer(t.Context(), customer, id)
		if err != nil || !ok || !bytes.Equal(found.Answer, receipt.Answer) || found.TransferID != receipt.TransferID {
			t.Errorf("%s finds %+v, %t, %v", customer, found, ok, err)
		}
	}
	if _, ok, err := f.FindTransfer(t.Context(), "1000000009", id); ok || err != nil {
		t.Errorf("a stranger finds it: %t, %v", ok, err)
	}
}

func TestNeitherADepositNorAnInventedIDIsATransfer(t *testing.T) {
	f := aBank(t)
	deposit, err := f.Book(t.Context(), bank.Booking{Account: alice, Amount: 1, Currency: "EUR", Key: "cash"})
	testkit.Must(t, err)
	for _, text := range []string{deposit, "tr_aaaaaaaaaaaaaaaaaaaaaaaaaa", "tr_77777777777777777777777777"} {
		id, err := bank.ParseTransferID(text)
		testkit.Must(t, err)
		if _, ok, err := f.FindTransfer(t.Context(), alice.Owner(), id); ok || err != nil {
			t.Errorf("%s: %t, %v", text, ok, err)
		}
	}
}

func TestWhatIsNoTransferIDIsRefused(t *testing.T) {
	for _, text := range []string{"", "tr_", "tr_aaaaaaaaaaaaaaaaaaaaaaaaa", "tr_aaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"tr_AAAAAAAAAAAAAAAAAAAAAAAAAA", "tr_aaaaaaaaaaaaaaaaaaaaaaaaa1", "TR_aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"tr_aaaaaaaaaaaaaaaaaaaaaaaaaa\n"} {
		if id, err := bank.ParseTransferID(text); err == nil {
			t.Errorf("%q is %s", text, id)
		}
	}
}
