package bank

import (
	"fmt"

	"golang.org/x/text/currency"
)

// Currency is the alphabetic code of a currency that is legal tender somewhere today ("EUR").
type Currency string

// exponents are the currencies of ISO 4217 list one (SIX, 2025) whose minor unit is not a hundredth. The list is
// written out because golang.org/x/text, which says what codes there are, carries CLDR's digits instead: how many a
// person wants to see (no rappen, no IQD fils), not how many the currency has.
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// tender holds the codes that CLDR, as golang.org/x/text carries it, knows as legal tender now.
var tender = func() map[Currency]bool {
	codes := make(map[Currency]bool)
	for query := currency.Query(); query.Next(); {
		codes[Currency(query.Unit().String())] = true
	}
	return codes
}()

// ParseCurrency accepts the three capital letters of a currency in use.
func ParseCurrency(code string) (Currency, error) {
	if !tender[Currency(code)] {
		return "", fmt.Errorf("%w: not the code of a currency in use", ErrCurrency)
	}
	return Currency(code), nil
}

// Digits is the number of decimal places of the currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
func (c Currency) Digits() int {
	if digits, listed := exponents[c]; listed {
		return digits
	}
	return 2
}
