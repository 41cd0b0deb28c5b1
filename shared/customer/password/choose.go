package password

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The lengths, in characters after normalisation. There are no rules about kinds of characters: they make passwords
// worse (NIST SP 800-63B section 3.1.1.2, ASVS 5.0 6.2.5).
const (
	MinLength = 8
	MaxLength = 128
)

// Why a password may not be chosen. The texts are for the person who chooses.
var (
	ErrTooShort     = errors.New("the password is shorter than 8 characters")
	ErrTooLong      = errors.New("the password is longer than 128 characters")
	ErrNotText      = errors.New("the password holds something that is not a character")
	ErrCommon       = errors.New("the password is one of the first that others would try")
	ErrLikeUsername = errors.New("the password is the username, or nearly")
)

// Check says whether username may choose password: nil, or one of the errors above. It is asked when a password is
// set, never when it is used: a person whose password has become common meanwhile must still get in to change it.
func Check(username, password string) error {
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		return ErrNotText
	}
	password = norm.NFKC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinLength:
		return ErrTooShort
	case n > MaxLength:
		return ErrTooLong
	case monotonous(password), common(password):
		return ErrCommon
	case core(password) == core(norm.NFKC.String(username)):
		return ErrLikeUsername
	}
	return nil
}

// The list holds the roots of the passwords that people choose most: words, names, teams, keyboard walks, runs of
// digits. What people do to a root to please a form is undone by core before it is looked up, so a line stands for all
// of "dragon1987", "Dragon!!" and "dr@g0n_123".
//
//go:embed common.txt
var commonList string

var commonRoots = sync.OnceValue(func() map[string]bool {
	roots := make(map[string]bool)
	for line := range strings.Lines(commonList) {
		if root := strings.TrimSpace(line); root != "" && !strings.HasPrefix(root, "#") {
			roots[root] = true
			if word := core(root); len(word) > 2 { // of "a1234567" one letter is left, which says nothing
				roots[word] = true
			}
		}
	}
	return roots
})

func common(password string) bool {
	roots := commonRoots()
	for _, form := range []string{strings.ToLower(password), core(password)} {
		half := form[:len(form)/2]
		if roots[form] || half+half == form && roots[half] { // "dragondragon"
			return true
		}
	}
	return false
}

// substitutes are the letters that people replace.
var substitutes = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s",
	"7", "t")

var separators = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "")

// core strips what people put around a word (digits, punctuation, spaces) and between words, and then undoes case and
// the usual substitutes. A password without a letter stays as it is.
func core(password string) string {
	word := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) && r != '@' && r != '$' })
	word = strings.TrimRight(word, "@$")
	if word == "" {
		return password
	}
	return substitutes.Replace(separators.Replace(strings.ToLower(word)))
}

// monotonous tells whether a password is one character again and again, or runs up or down: aaaaaaaa, abcdefgh,
// 87654321.
func monotonous(password string) bool {
	runes := []rune(strings.ToLower(password))
	step := runes[1] - runes[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(runes); i++ {
		if runes[i]-runes[i-1] != step {
			return false
		}
	}
	return true
}
