package bank_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/testkit"
)

// spend makes n transfers from alice to bob of one cent more each, one after every step of time.
func spend(t *testing.T, f *banktest.Fixture, step time.Duration, n int) {
	t.Helper()
	for i := range n {
		f.Now = f.Now.Add(step)
		made(t, f.Pay(t, f.Request(alice, bob, bank.Amount(i+1))))
	}
}

func TestACursorIsAPositionInTheCallersOwnLedger(t *testing.T) {
	f := aBank(t)
	spend(t, f, time.Second, 3)
	first, next, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 2})
	if err != nil || len(first) != 2 || next == "" {
		t.Fatalf("%d entries, next %q, %v", len(first), next, err)
	}
	second, end, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 2, Cursor: next})
	if err != nil || len(second) != 2 || end != "" {
		t.Fatalf("%d entries, next %q, %v", len(second), end, err)
	}
	bobs, _, err := f.Statement(t.Context(), bob.Owner(), bank.Page{Limit: 1})
	testkit.Must(t, err)
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
		_, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 2, Cursor: cursor})
		if !errors.Is(err, bank.ErrCursor) {
			t.Errorf("a cursor %s: %v", name, err)
		}
	}
	_, _, err = f.Statement(t.Context(), bob.Owner(), bank.Page{Limit: 2, Cursor: next}) // alice's, in bob's hands
	testkit.WantError(t, err, bank.ErrCursor)
}

func TestAPageHasOneToAHundredEntries(t *testing.T) {
	f := aBank(t)
	for limit, good := range map[int]bool{0: false, 1: true, 100: true, 101: false} {
		if _, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: limit}); (err == nil) != good {
			t.Errorf("%d: %v", limit, err)
		}
	}
}

func TestANewEntryDoesNotShiftThePageThatFollows(t *testing.T) {
	f := aBank(t)
	spend(t, f, time.Second, 1)
	_, next, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 1})
	testkit.Must(t, err)
	spend(t, f, time.Second, 1)
	rest, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 5, Cursor: next})
	if err != nil || len(rest) != 1 || rest[0].Amount != 100_00 {
		t.Errorf("%+v, %v", rest, err)
	}
}

func TestATransferBetweenOwnAccountsShowsBothEntries(t *testing.T) {
	f := aBank(t)
	made(t, f.Pay(t, f.Request(alice, savings, 40_00)))
	entries, _, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 2})
	if err != nil || len(entries) != 2 ||
		entries[0].Amount+entries[1].Amount != 0 || entries[0].TransferID != entries[1].TransferID {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestAStatementKeepsToItsBoundsOfTime(t *testing.T) {
	f := aBank(t)
	start := f.Now
	spend(t, f, time.Hour, 4)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	for name, c := range map[string]struct {
		page bank.Page
		want []bank.Amount // newest first
	}{
		"from is of the entry itself": {bank.Page{From: hour(3)}, []bank.Amount{-4, -3}},
		"to is before the entry":      {bank.Page{From: hour(1), To: hour(3)}, []bank.Amount{-2, -1}},
		"an instant later": {
			bank.Page{From: hour(1).Add(time.Microsecond), To: hour(3).Add(time.Microsecond)}, []bank.Amount{-3, -2},
		},
		"nothing lies between": {bank.Page{From: hour(4).Add(1 * time.Minute), To: hour(5)}, nil},
		"to before from":       {bank.Page{From: hour(3), To: hour(1)}, nil},
	} {
		for limit := 1; limit <= 3; limit++ { // whatever the pages, the entries are the same
			var got []bank.Amount
			for page := c.page; ; {
				page.Limit = limit
				entries, next, err := f.Statement(t.Context(), alice.Owner(), page)
				testkit.Must(t, err)
				for _, e := range entries {
					got = append(got, e.Amount)
				}
				if page.Cursor = next; next == "" {
					break
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, pages of %d: %v, want %v", name, limit, got, c.want)
			}
		}
	}
}

func TestACursorOutsideOfTheBoundsIsRefused(t *testing.T) {
	f := aBank(t)
	spend(t, f, time.Hour, 3)
	_, next, err := f.Statement(t.Context(), alice.Owner(), bank.Page{Limit: 1})
	testkit.Must(t, err)
	for _, page := range []bank.Page{{From: f.Now.Add(time.Minute)}, {To: f.Now}} {
		page.Limit, page.Cursor = 1, next
		_, _, err := f.Statement(t.Context(), alice.Owner(), page)
		testkit.WantError(t, err, bank.ErrCursor)
	}
}
