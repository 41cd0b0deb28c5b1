package bank

import "fmt"

// Currency is the alphabetic code of a currency that is legal tender somewhere today ("EUR").
type Currency string

// ParseCurrency accepts the three capital letters of a currency in use: ISO 4217's list one without metals, funds and
// units of account.
func ParseCurrency(code string) (Currency, error) {
	if _, inUse := currencies[Currency(code)]; !inUse {
		return "", fmt.Errorf("%w: not the code of a currency in use", ErrCurrency)
	}
	return Currency(code), nil
}

// Digits is the number of decimal places of the currency's minor unit as ISO 4217 has it: 2 for EUR, 0 for JPY, 3 for
// KWD. CLDR's are another matter: how many a person wants to see (no rappen, no fils of IQD). c must come from
// [ParseCurrency], or from an account.
func (c Currency) Digits() int {
	if digits, inUse := currencies[c]; inUse {
		return digits
	}
	return withdrawn[c]
}

// withdrawn are the currencies in which accounts could be opened once, and no more. Such an account is still shown;
// nothing is paid into it or out of it.
var withdrawn = map[Currency]int{"ANG": 2, "BGN": 2, "CUC": 2, "HRK": 2, "SLL": 2, "VEF": 2}
