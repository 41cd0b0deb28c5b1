package main

import (
	"fmt"
	"net/http"

	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

// booked is the answer to a transfer that was made.
type booked struct {
	TransferID string         `json:"transfer_id"`
	From       bank.AccountID `json:"from"`
	To         bank.AccountID `json:"to"`
	Amount     string         `json:"amount"`
	Currency   bank.Currency  `json:"currency"`
	CreatedAt  string         `json:"created_at"` // RFC 3339
}

// answer renders an outcome once: the bank keeps these bytes, and every repetition gets them.
func answer(o bank.Outcome) []byte {
	if o.Refusal != "" {
		return refusal(o.Refusal, o.Party, o.From, o.To).Response().Body
	}
	return rest.JSON(http.StatusCreated, booked{
		TransferID: o.TransferID, From: o.From, To: o.To, Amount: o.Amount.Format(o.Currency), Currency: o.Currency,
		CreatedAt: o.At.Format("2006-01-02T15:04:05.000000Z07:00"),
	}).Body
}

// respond wraps a kept answer in the status and headers that go with it.
func respond(receipt bank.Receipt) rest.Response {
	response := rest.Response{Status: http.StatusCreated, Header: map[string]string{"Content-Type": "application/json"}}
	if receipt.Refusal != "" {
		response = rest.Refuse(string(receipt.Refusal), "").Response()
	}
	response.Body = receipt.Answer
	return response
}

// refusal says which rule was broken, and by which account if it was one.
func refusal(rule bank.Refusal, party bank.Party, from, to bank.AccountID) *rest.Problem {
	detail := "Nothing was moved."
	switch party {
	case bank.Payer:
		detail += fmt.Sprintf(" This is about the payer's account, %s.", from)
	case bank.Payee:
		detail += fmt.Sprintf(" This is about the payee's account, %s.", to)
	}
	return rest.Refuse(string(rule), detail)
}
