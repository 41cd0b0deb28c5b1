package bank

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Amount is a number of the currency's minor units: 125000 is 1250.00 EUR. It may be negative in a ledger entry,
// nowhere else.
type Amount int64

// MaxAmount is the most that one transfer or deposit moves: ten trillion euros. It keeps every sum far from overflow.
const MaxAmount Amount = 1_000_000_000_000_000

// The ways in which a sum of money can be malformed.
var (
	ErrCurrency  = errors.New("not the code of a currency in use")
	ErrSyntax    = errors.New("not a decimal number")
	ErrPrecision = errors.New("more decimal places than the currency has")
	ErrZero      = errors.New("not more than zero")
	ErrTooLarge  = errors.New("more than one transfer may move")
)

// ParseAmount reads a positive decimal string, such as "1250.00", in the currency's own digits. Decimal places may be
// left out. There is one spelling of a number: ASCII digits without sign, exponent, grouping, space or leading zero.
func ParseAmount(text string, c Currency) (Amount, error) {
	whole, fraction, point := strings.Cut(text, ".")
	if !digits(whole) || point && !digits(fraction) || len(whole) > 1 && whole[0] == '0' {
		return 0, ErrSyntax
	}
	if len(fraction) > c.Digits() {
		return 0, fmt.Errorf("%w: %s has %d", ErrPrecision, c, c.Digits())
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", c.Digits()-len(fraction)), 10, 64)
	switch {
	case err != nil || Amount(minor) > MaxAmount: // digits were checked: the only error left is overflow
		return 0, ErrTooLarge
	case minor == 0:
		return 0, ErrZero
	}
	return Amount(minor), nil
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// Format writes the amount with all of the currency's decimal places, "-0.05" for five cents leaving.
func (a Amount) Format(c Currency) string {
	sign, text := "", strconv.FormatInt(int64(a), 10)
	if a < 0 {
		sign, text = "-", text[1:]
	}
	places := c.Digits()
	if places == 0 {
		return sign + text
	}
	if missing := places + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	return sign + text[:len(text)-places] + "." + text[len(text)-places:]
}

// Currency is the alphabetic code of a currency that is legal tender somewhere today ("EUR").
type Currency string

// ParseCurrency accepts the three capital letters of a currency in use: ISO 4217's list one without metals, funds and
// units of account.
func ParseCurrency(code string) (Currency, error) {
	if _, inUse := currencies[Currency(code)]; !inUse {
		return "", ErrCurrency
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
