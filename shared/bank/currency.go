package bank

import (
	"fmt"

	"github.com/Rhymond/go-money"
	"golang.org/x/text/currency"
)

// Currency is the alphabetic code of a currency that is legal tender somewhere today ("EUR").
type Currency string

// tender holds the codes that CLDR, as golang.org/x/text carries it, knows as legal tender now: no metals, no funds, no
// currency of the past. Digits come from elsewhere, since CLDR's are how many a person wants to see (no rappen, no IQD
// fils), not how many ISO 4217 gives the currency.
var tender = func() map[Currency]bool {
	codes := make(map[Currency]bool)
	for query := currency.Query(); query.Next(); {
		if code := query.Unit().String(); money.GetCurrency(code) != nil {
			codes[Currency(code)] = true
		}
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

// Digits is the number of decimal places of the currency's minor unit as ISO 4217 has it, from go-money's list: 2 for
// EUR, 0 for JPY, 3 for KWD. c must come from [ParseCurrency].
func (c Currency) Digits() int {
	return money.GetCurrency(string(c)).Fraction
}
