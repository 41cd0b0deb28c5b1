package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
)

// member is a member of a command that is a string.
type member struct {
	// read returns the value in its one spelling. Its error completes the sentence "NAME is …". What the value names may
	// not exist.
	read   func(string) (string, error)
	logged bool // whether an audit record shows it
}

var members = map[string]member{
	"operator": { // logged by itself
		valid(printable(128), "not 1 to 128 printable ASCII characters that say who gives the command"), false},
	"operation_id": {
		valid(printable(128), "not 1 to 128 printable ASCII characters that no other operation on this account has"), true},
	"customer_id": {parsed(identity.ParseCustomerID), true},
	"name": {
		valid(text(200), "not 1 to 200 characters without control characters or space around them"), false},
	"email":           {valid(address, "not an e-mail address of at most 254 characters"), false},
	"username":        {valid(anything, ""), false}, // package customer has the rules for these two
	"password":        {valid(anything, ""), false},
	"sub":             {parsed(identity.ParseSubject), true},
	"tenant":          {parsed(identity.ParseTenant), true},
	"account_id":      {parsed(bank.ParseAccountID), true},
	"currency":        {parsed(bank.ParseCurrency), true},
	"amount":          {valid(text(32), "not a decimal number, as 1250.00"), true}, // read with the currency
	"transfer_id":     {parsed(bank.ParseTransferID), true},
	"idempotency_key": {parsed(bank.ParseIdempotencyKey), true},
}

func anything(string) bool { return true }

// valid makes a test of the form a reader: the value has one spelling.
func valid(test func(string) bool, rule string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !test(s) {
			return "", errors.New(rule)
		}
		return s, nil
	}
}

// parsed makes a parser a reader.
func parsed[T ~string](parse func(string) (T, error)) func(string) (string, error) {
	return func(s string) (string, error) {
		value, err := parse(s)
		return string(value), err
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
