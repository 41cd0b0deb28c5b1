package bank_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
)

func TestACursorIsAPositionInTheCallersOwnLedger(t *testing.T) {
	f := aBank(t)
	for range 3 {
		f.Now = f.Now.Add(time.Second)
		transfer(t, f, f.Request(alice, bob, 1_00))
	}
	first, next, err := f.Statement(t.Context(), alice.Owner(), 2, "")
	if err != nil || len(first) != 2 || next == "" {
		t.Fatalf("%d entries, next %q, %v", len(first), next, err)
	}
	second, end, err := f.Statement(t.Context(), alice.Owner(), 2, next)
	if err != nil || len(second) != 2 || end != "" {
		t.Fatalf("%d entries, next %q, %v", len(second), end, err)
	}
	bobs, _, err := f.Statement(t.Context(), bob.Owner(), 1, "")
	if err != nil {
		t.Fatal(err)
	}
	forged := func(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }
	for name, cursor := range map[string]string{
		"of the payee's entry of the same transfer": forged(bobs[0].ID),
		"between two entries":                       forged(first[0].ID[:20]),
		"beyond all entries":                        forged("9"),
		"before all entries":                        forged("0"),
		"padded":                                    next + "=",
		"with trailing bits":                        next[:len(next)-1] + "B",
		"not base64":                                "%%%",
		"endless":                                   strings.Repeat("A", 4000),
		"empty inside":                              forged("\x00"),
	} {
		if _, _, err := f.Statement(t.Context(), alice.Owner(), 2, cursor); !errors.Is(err, bank.ErrCursor) {
			t.Errorf("a cursor %s: %v", name, err)
		}
	}
	if _, _, err := f.Statement(t.Context(), bob.Owner(), 2, next); !errors.Is(err, bank.ErrCursor) {
		t.Errorf("alice's cursor in bob's hands: %v", err)
	}
}

func TestANewEntryDoesNotShiftThePageThatFollows(t *testing.T) {
	f := aBank(t)
	f.Now = f.Now.Add(time.Second)
	transfer(t, f, f.Request(alice, bob, 1_00))
	_, next, err := f.Statement(t.Context(), alice.Owner(), 1, "")
	if err != nil {
		t.Fatal(err)
	}
	f.Now = f.Now.Add(time.Second)
	transfer(t, f, f.Request(alice, bob, 2_00))
	rest, _, err := f.Statement(t.Context(), alice.Owner(), 5, next)
	if err != nil || len(rest) != 1 || rest[0].Amount != 100_00 {
		t.Errorf("%+v, %v", rest, err)
	}
}

func TestATransferBetweenOwnAccountsShowsBothEntries(t *testing.T) {
	f := aBank(t)
	f.Account(t, savings, "EUR", 0)
	transfer(t, f, f.Request(alice, savings, 40_00))
	entries, _, err := f.Statement(t.Context(), alice.Owner(), 2, "")
	if err != nil || len(entries) != 2 || entries[0].Amount+entries[1].Amount != 0 || entries[0].TransferID != entries[1].TransferID {
		t.Errorf("%+v, %v", entries, err)
	}
}
