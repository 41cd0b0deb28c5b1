package bank

import (
	"errors"
	"strings"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// AccountID is "<customer_id>-<NN>", as "1000000001-01": the owner is part of the number, as in a real bank's, so an
// account's partition key is a function of its id.
type AccountID string

// ErrAccountID means that a text is not of an account id's form.
var ErrAccountID = errors.New("not an account id")

const customerDigits = 10

// ParseAccountID checks the form alone; there need be no such account.
func ParseAccountID(text string) (AccountID, error) {
	customer, number, _ := strings.Cut(text, "-")
	if len(customer) != customerDigits || !digits(customer) || customer[0] == '0' || len(number) != 2 || !digits(number) {
		return "", ErrAccountID
	}
	return AccountID(text), nil
}

// Owner is the customer's number.
func (id AccountID) Owner() string {
	owner, _, _ := strings.Cut(string(id), "-")
	return owner
}

// key is the account's primary key.
func (id AccountID) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"customer_id": dynamo.Text(id.Owner()), "account_id": dynamo.Text(string(id))}
}

// Status says what may be done with an account.
type Status string

const (
	Open   Status = "open"
	Frozen Status = "frozen" // neither pays nor is paid
	Closed Status = "closed" // for good, with a balance of zero
)

// Account is an account as it is stored.
type Account struct {
	ID       AccountID `dynamodbav:"account_id"`
	Currency Currency  `dynamodbav:"currency"`
	Status   Status    `dynamodbav:"status"`
	Balance  Amount    `dynamodbav:"balance"`
	Entries  int64     `dynamodbav:"entries"` // how many ledger entries there are

	// DailyLimit is the most that may leave on one day (UTC); 0 means no limit. LimitLeft is what may still leave on
	// LimitDay; of an account without a limit it only counts down, and nothing reads it.
	DailyLimit Amount `dynamodbav:"daily_limit,omitempty"`
	LimitDay   string `dynamodbav:"limit_day"`
	LimitLeft  Amount `dynamodbav:"limit_left"`
}

// LimitOn returns what may still leave the account on the day of at; ok is false if it has no daily limit.
func (a Account) LimitOn(at time.Time) (left Amount, ok bool) {
	switch {
	case a.DailyLimit == 0:
		return 0, false
	case a.LimitDay < day(at):
		return a.DailyLimit, true
	}
	return a.LimitLeft, true
}

// day is the calendar day that a daily limit counts by, as "2026-11-22".
func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }
