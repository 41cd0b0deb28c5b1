// Package identity reads the names that people, customers and clients go by. Each has one type and one parser, for the
// route that makes it, the token that carries it, the command that names it and the table that keeps it: what one of
// them takes, all take. Names are compared byte by byte.
package identity

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Subject is the sub of an identity at Auth0, as auth0|66f0a1c0de00000000000001 or samlp|acme|Jane Roe: the last part
// is what the provider calls the person, and may have spaces and letters of any script.
type Subject string

// ClientID is the client_id of an app or machine at Auth0.
type ClientID string

// Errors of the parsers. Each completes the sentence that begins with the value's name.
var (
	ErrSubject    = errors.New("not 1 to 255 bytes of printable characters without space around them")
	ErrCustomerID = errors.New("not ten digits, the first not 0")
	ErrClientID   = errors.New("not 1 to 255 visible ASCII characters without commas")
	ErrTenant     = errors.New("not a letter and up to 31 more small letters, digits and hyphens")
)

// longest is the most that OpenID Connect Core section 2 lets a sub have; it counts ASCII characters, we count bytes.
const longest = 255

// ParseSubject reads a sub. It refuses invisible characters, such as a zero-width space or a change of direction: an
// operator who links an identity compares it by eye.
func ParseSubject(text string) (Subject, error) {
	if text == "" || len(text) > longest || !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) ||
		strings.TrimSpace(text) != text {
		return "", ErrSubject
	}
	return Subject(text), nil
}

// unseen are also the characters that Unicode has printed as nothing (Default_Ignorable_Code_Point) or as a blank.
func unseen(r rune) bool {
	return !unicode.IsPrint(r) || r > unicode.MaxASCII && (r == '\u2800' ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// ParseCustomerID reads a customer_id: the number of a customer of the bank. There need be no such customer.
func ParseCustomerID(text string) (string, error) {
	other := func(r rune) bool { return r < '0' || r > '9' }
	if len(text) != 10 || text[0] == '0' || strings.ContainsFunc(text, other) {
		return "", ErrCustomerID
	}
	return text, nil
}

// ParseClientID reads a client_id (RFC 6749 appendix A.1). A space or a comma would not survive a list of them.
func ParseClientID(text string) (ClientID, error) {
	other := func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }
	if text == "" || len(text) > longest || strings.ContainsFunc(text, other) {
		return "", ErrClientID
	}
	return ClientID(text), nil
}
