package main

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"drawbridge/shared/bank"
)

// member is a member of a command that is a string.
type member struct {
	valid  func(string) bool // whether it is well formed; what it stands for may still not exist
	rule   string            // what it must be, for whoever got it wrong
	logged bool              // whether an audit record shows it
}

var members = map[string]member{
	"operator":        {printable(128), "1 to 128 printable ASCII characters that say who gives the command", false}, // logged by itself
	"operation_id":    {printable(128), "1 to 128 printable ASCII characters that no other operation on this account has", true},
	"customer_id":     {regexp.MustCompile(`^[1-9][0-9]{9}$`).MatchString, "ten digits, the first not 0", true},
	"name":            {text(200), "1 to 200 characters without control characters or space around them", false},
	"email":           {address, "an e-mail address of at most 254 characters", false},
	"username":        {anything, "", false}, // package customer has the rules for these two
	"password":        {anything, "", false},
	"sub":             {printable(255), "1 to 255 printable ASCII characters: the identity's sub at Auth0", true},
	"account_id":      {parses(bank.ParseAccountID), "a customer_id, a hyphen and two digits", true},
	"currency":        {parses(bank.ParseCurrency), "the three capital letters of a currency in use", true},
	"amount":          {text(32), "a decimal number, as 1250.00", true}, // read with the currency
	"transfer_id":     {regexp.MustCompile(`^tr_[a-z2-7]{26}$`).MatchString, "tr_ and 26 small letters and digits", true},
	"idempotency_key": {printable(255), "1 to 255 printable ASCII characters", true},
}

func anything(string) bool { return true }

// parses makes a parser a rule.
func parses[T any](parse func(string) (T, error)) func(string) bool {
	return func(s string) bool {
		_, err := parse(s)
		return err == nil
	}
}

// printable allows spaces within, not around.
func printable(most int) func(string) bool {
	return func(s string) bool {
		return text(most)(s) && !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
	}
}

func text(most int) func(string) bool {
	return func(s string) bool {
		return s != "" && utf8.RuneCountInString(s) <= most && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
	}
}

// address lets through what may be an address; only a mail to it could tell.
func address(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return text(254)(s) && at > 0 && at < len(s)-1 && !strings.ContainsFunc(s, unicode.IsSpace)
}
