package bank_test

import (
	"strings"
	"testing"

	"drawbridge/shared/bank"
)

func TestAnIdempotencyKeyIsTheSameWithQuotesAndWithout(t *testing.T) {
	long := strings.Repeat("k", 128)
	for text, want := range map[string]bank.IdempotencyKey{
		`rent`: "rent", `"rent"`: "rent", `a`: "a",
		long: bank.IdempotencyKey(long), `"` + long + `"`: bank.IdempotencyKey(long),
		"8e03978e-40d5-43dd-bc93-6894a57f9324": "8e03978e-40d5-43dd-bc93-6894a57f9324",
		"~!#$%&'()*+-./:;<=>?@[]^_`{|}":        "~!#$%&'()*+-./:;<=>?@[]^_`{|}",
		"":                                     "",
		`""`:                                   "",
		`"`:                                    "", `"rent`: "", `rent"`: "", `re"nt`: "", `""rent""`: "", `re\nt`: "",
		`{"a":1`: "", "a,b": "", "a b": "", " a": "", "a ": "", "\"a \"": "",
		"a\x7f": "", "a\n": "", "ä": "", "\xff": "", long + "k": "", `"` + long + `k"`: "",
		`'rent'`: "'rent'", `W/"rent"`: "",
	} {
		got, err := bank.ParseIdempotencyKey(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}
