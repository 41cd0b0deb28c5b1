package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
)

// member is a member of a command that is a string.
type member struct {
	read   func(string) (string, bool) // its one spelling, and whether it is well formed; what it names may not exist
	rule   string                      // what it must be, for a caller who got it wrong
	logged bool                        // whether an audit record shows it
}

var members = map[string]member{
	// logged by itself
	"operator": {valid(printable(128)), "1 to 128 printable ASCII characters that say who gives the command",
		false},
	"operation_id": {valid(printable(128)),
		"1 to 128 printable ASCII characters that no other operation on this account has", true},
	"customer_id": {parsed(identity.ParseCustomerID), "ten digits, the first not 0", true},
	"name":        {valid(text(200)), "1 to 200 characters without control characters or space around them", false},
	"email":       {valid(address), "an e-mail address of at most 254 characters", false},
	"username":    {valid(anything), "", false}, // package customer has the rules for these two
	"password":    {valid(anything), "", false},
	"sub": {parsed(identity.ParseSubject),
		"1 to 255 bytes of printable characters: the identity's sub at Auth0", true},
	"tenant": {parsed(identity.ParseTenant),
		"a tenant of TokenIssuers: a letter and up to 31 more small letters, digits and hyphens", true},
	"account_id":  {parsed(bank.ParseAccountID), "a customer_id, a hyphen and two digits", true},
	"currency":    {parsed(bank.ParseCurrency), "the three capital letters of a currency in use", true},
	"amount":      {valid(text(32)), "a decimal number, as 1250.00", true}, // read with the currency
	"transfer_id": {parsed(bank.ParseTransferID), "tr_ and 26 small letters and digits", true},
	"idempotency_key": {
		parsed(bank.ParseIdempotencyKey), "1 to 128 visible ASCII characters without quotes, backslashes and commas",
		true,
	},
}

func anything(string) bool { return true }

// valid makes a test of the form a rule: the value has one spelling.
func valid(test func(string) bool) func(string) (string, bool) {
	return func(s string) (string, bool) { return s, test(s) }
}

// parsed makes a parser a rule.
func parsed[T ~string](parse func(string) (T, error)) func(string) (string, bool) {
	return func(s string) (string, bool) {
		value, err := parse(s)
		return string(value), err == nil
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
		return s != "" && utf8.RuneCountInString(s) <= most && strings.TrimSpace(s) == s &&
			!strings.ContainsFunc(s, unicode.IsControl)
	}
}

// address lets through what may be an address; only a mail to it could tell.
func address(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return text(254)(s) && at > 0 && at < len(s)-1 && !strings.ContainsFunc(s, unicode.IsSpace)
}
