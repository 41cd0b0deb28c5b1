package bank

import (
	"encoding/json"
	"time"
)

// Refusal is the stable code of a terminal refusal: the request can never succeed under its key. Empty: accepted.
type Refusal string

const (
	SameAccount       Refusal = "same_account"
	NoSuchAccount     Refusal = "no_such_account"
	AccountClosed     Refusal = "account_closed"
	AccountFrozen     Refusal = "account_frozen"
	CurrencyMismatch  Refusal = "currency_mismatch"
	DailyLimit        Refusal = "daily_limit_exceeded"
	InsufficientFunds Refusal = "insufficient_funds"
)

// Party says which of the two accounts a refusal is about.
type Party string

const (
	Payer Party = "payer"
	Payee Party = "payee"
)

// Outcome is what became of a transfer.
type Outcome struct {
	TransferID string    `json:"transfer_id,omitempty"` // empty if refused
	Refusal    Refusal   `json:"refusal,omitempty"`
	Party      Party     `json:"party,omitempty"` // the account that a refusal is about, if it is about one
	From       AccountID `json:"from"`
	To         AccountID `json:"to"`
	Amount     Amount    `json:"amount"`
	Currency   Currency  `json:"currency"`
	At         time.Time `json:"at"` // when the request that decided it was received
}

func (o Outcome) json() []byte {
	answer, err := json.Marshal(o)
	if err != nil {
		panic("bank: an outcome that is not JSON: " + err.Error()) // strings, a number and a time of this century
	}
	return answer
}

// Receipt is the answer to a transfer request.
type Receipt struct {
	TransferID string // empty if refused
	Refusal    Refusal
	Answer     []byte // as Config.Answer made it when the outcome was decided
	Replayed   bool   // the outcome was decided by an earlier request with this key
}
