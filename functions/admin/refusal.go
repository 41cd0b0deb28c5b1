package main

import (
	"errors"
	"fmt"

	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
)

// code is the stable name of why a command was not carried out.
type code string

const (
	invalidRequest code = "invalid_request" // the detail names the members
	unknownCommand code = "unknown_command"

	noSuchCustomer    code = "no_such_customer"
	customerExists    code = "customer_exists" // under another name or address
	emailInUse        code = "email_in_use"
	usernameInUse     code = "username_in_use"
	loginNotAllowed   code = "login_not_allowed" // a username or a password that nobody may choose
	linkedElsewhere   code = "identity_linked_elsewhere"
	noSuchAccount     code = "no_such_account"
	accountClosed     code = "account_closed"
	accountFrozen     code = "account_frozen"
	accountNotEmpty   code = "account_not_empty"
	currencyMismatch  code = "currency_mismatch"
	insufficientFunds code = "insufficient_funds"
	operationIDReused code = "operation_id_reused" // for another amount, currency or direction
	noSuchTransfer    code = "no_such_transfer"
	noSuchRequest     code = "no_such_request"
	conflict          code = "conflict" // what the command is about changes faster than it can be planned

	// The codes of the function's errors. The first can be cured by giving the same command again.
	unavailable   code = "unavailable"
	internalError code = "internal_error"
)

// refusal is the answer to a command that cannot be carried out as things stand.
type refusal struct {
	code   code
	detail string
}

func (r *refusal) Error() string { return string(r.code) + ": " + r.detail }

func refuse(c code, format string, values ...any) error {
	if len(values) > 0 {
		format = fmt.Sprintf(format, values...)
	}
	return &refusal{c, format}
}

// overtaken tells whether err says that things no longer stand as they did when the command was planned.
func overtaken(err error) bool {
	for _, known := range []error{
		bank.ErrState, bank.ErrNoSuchAccount, bank.ErrKeyReused,
		customer.ErrExists, customer.ErrNotFound, customer.ErrUsernameTaken, customer.ErrLinkedElsewhere,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
