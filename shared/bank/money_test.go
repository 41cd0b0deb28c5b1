package bank_test

import (
	"errors"
	"strings"
	"testing"

	"drawbridge/shared/bank"

	"pgregory.net/rapid"
)

func TestAnAmountIsReadInTheCurrencysOwnDigits(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency bank.Currency
		want     bank.Amount
	}{
		{"1250.00", "EUR", 1250_00}, {"1250", "EUR", 1250_00}, {"1250.5", "EUR", 1250_50}, {"0.01", "EUR", 1},
		{"90000", "JPY", 90000}, {"0.001", "KWD", 1}, {"1.5", "IQD", 1500}, {"10000000000000.00", "EUR", bank.MaxAmount},
	} {
		if got, err := bank.ParseAmount(c.text, c.currency); got != c.want || err != nil {
			t.Errorf("%s %s: %d, %v", c.text, c.currency, got, err)
		}
	}
}

func TestAMalformedAmountIsRefusedByName(t *testing.T) {
	for text, want := range map[string]error{
		"1.005": bank.ErrPrecision, "0.000": bank.ErrPrecision,
		"": bank.ErrSyntax, "-1": bank.ErrSyntax, "+1": bank.ErrSyntax, "1e3": bank.ErrSyntax, "NaN": bank.ErrSyntax,
		"٣": bank.ErrSyntax, "１": bank.ErrSyntax, ".5": bank.ErrSyntax, "5.": bank.ErrSyntax, ".": bank.ErrSyntax,
		"1.2.3": bank.ErrSyntax, "1,5": bank.ErrSyntax, " 1": bank.ErrSyntax, "1 ": bank.ErrSyntax, "01": bank.ErrSyntax,
		"00": bank.ErrSyntax, "0x10": bank.ErrSyntax, "1_000": bank.ErrSyntax,
		"0": bank.ErrZero, "0.00": bank.ErrZero,
		"10000000000000.01": bank.ErrTooLarge, "92233720368547758.08": bank.ErrTooLarge,
		strings.Repeat("9", 400): bank.ErrTooLarge,
	} {
		if got, err := bank.ParseAmount(text, "EUR"); !errors.Is(err, want) {
			t.Errorf("%q: %d, %v, want %v", text, got, err, want)
		}
	}
	if _, err := bank.ParseAmount("1.0", "JPY"); !errors.Is(err, bank.ErrPrecision) {
		t.Errorf("1.0 JPY: %v", err)
	}
}

func TestFormattingAndParsingAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]bank.Currency{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		amount := bank.Amount(rapid.Int64Range(1, int64(bank.MaxAmount)).Draw(t, "amount"))
		text := amount.Format(c)
		if got, err := bank.ParseAmount(text, c); got != amount || err != nil {
			t.Fatalf("%d is %q is %d, %v", amount, text, got, err)
		}
		if negative := (-amount).Format(c); negative != "-"+text {
			t.Fatalf("-%d is %q", amount, negative)
		}
	})
}

func TestACurrencyIsThreeCapitalsInUse(t *testing.T) {
	for _, code := range []string{"EUR", "USD", "JPY", "CHF", "KWD", "ISK", "SLE", "VES", "XCG", "ZWG", "MRU"} {
		if _, err := bank.ParseCurrency(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []string{
		"", "eur", "Eur", "EURO", "EU", "ЕUR", // the last begins with a Cyrillic letter
		"XXX", "XTS", "XAU", "XDR", "CHE", "DEM", "HRK", "SLL", "VEF", "ANG", "BGN",
	} {
		if _, err := bank.ParseCurrency(code); !errors.Is(err, bank.ErrCurrency) {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestTheDigitsAreThoseOfISO4217(t *testing.T) {
	for digits, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
		2: "EUR USD GBP CHF HUF IDR MGA MRU COP TWD AFN",
		3: "BHD IQD JOD KWD LYD OMR TND",
	} {
		for code := range strings.FieldsSeq(codes) {
			if got := bank.Currency(code).Digits(); got != digits {
				t.Errorf("%s has %d digits, want %d", code, got, digits)
			}
		}
	}
}

func TestAnAccountIDCarriesItsOwner(t *testing.T) {
	id, err := bank.ParseAccountID("1000000001-07")
	if err != nil || id.Owner() != "1000000001" {
		t.Errorf("%s, %v", id.Owner(), err)
	}
	for _, text := range []string{
		"", "1000000001", "1000000001-", "1000000001-1", "1000000001-001", "0000000001-01", "100000001-01", "1000000001-0x",
		"1000000001-01 ", "1000000001--1", "100000000１-01", "1000000001-01-01",
	} {
		if _, err := bank.ParseAccountID(text); !errors.Is(err, bank.ErrAccountID) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
