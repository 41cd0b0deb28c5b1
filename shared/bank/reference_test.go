package bank_test

import (
	"errors"
	"strings"
	"testing"

	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
)

func TestAReferenceIsALineThatShowsAsItIs(t *testing.T) {
	for _, text := range []string{
		"", "Rent 11/2026", "Miete für März", "家賃", "🏠", strings.Repeat("ü", 140), strings.Repeat("🏠", 140),
	} {
		if got, err := bank.ParseReference(text); err != nil || string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for name, text := range map[string]string{
		"too long": strings.Repeat("ü", 141), "a line break": "a\nb", "a tab": "a\tb", "null": "a\x00b", "delete": "a\x7fb",
		"a control of C1": "a\u0085b", "a line separator": "a\u2028b", "a paragraph separator": "a\u2029b",
		"right to left": "a\u202eb", "an isolate": "a\u2066b", "zero width": "a\u200bb", "a byte order mark": "\ufeffa",
		"a soft hyphen": "a\u00adb", "no break space": "a\u00a0b", "a space at the end": "a ", "at the start": " a",
		"half a pair": "a\xed\xa0\x80", "not UTF-8": "a\xff", "a replacement": "a\ufffdb", "private use": "a\ue000b",
	} {
		if got, err := bank.ParseReference(text); !errors.Is(err, bank.ErrReference) {
			t.Errorf("%s: %q is taken as %q", name, text, got)
		}
	}
}

func TestAReferenceStandsInBothStatements(t *testing.T) {
	f := aBank(t)
	request := f.Request(alice, bob, 1_00)
	request.Reference = bank.Reference(strings.Repeat("🏠", bank.MaxReference))
	made(t, f.Pay(t, request))
	for _, customer := range []string{alice.Owner(), bob.Owner()} {
		entries, _, err := f.Statement(t.Context(), customer, bank.Page{Limit: 1})
		if err != nil || entries[0].Reference != request.Reference {
			t.Errorf("%s: %+v, %v", customer, entries, err)
		}
	}
	request.Reference = ""
	_, err := f.Transfer(t.Context(), request)
	testkit.WantError(t, err, bank.ErrKeyReused)
}
