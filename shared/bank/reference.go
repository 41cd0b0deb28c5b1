package bank

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reference is a payment text: what the payer tells the payee. It is part of what an idempotency key stands for, and of
// what is approved. The empty one is none.
type Reference string

// MaxReference is how many characters (code points) a reference may have. At four bytes each, a ledger entry stays
// under the 1 KB that one write unit pays for.
const MaxReference = 140

// ErrReference means that a text cannot be a reference.
var ErrReference = errors.New("not a text of at most 140 characters without line breaks and control characters")

// ParseReference reads a reference. Line breaks, control and formatting characters are refused: a text that turns the
// direction of what stands beside it could show another payee or amount. White space at its ends is refused too.
// Errors: ErrReference.
func ParseReference(text string) (Reference, error) {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxReference || strings.TrimSpace(text) != text {
		return "", ErrReference
	}
	for _, r := range text {
		if r != ' ' && !unicode.IsGraphic(r) || r == utf8.RuneError {
			return "", ErrReference
		}
		if unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf) || unicode.IsSpace(r) && r != ' ' {
			return "", ErrReference
		}
	}
	return Reference(text), nil
}
