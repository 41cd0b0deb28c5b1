package main

import (
	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

// body is that of POST /transfer; amount is a decimal string in the currency's own digits. The reference may be
// left out.
type body struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	Reference string `json:"reference"`
}

// read checks the form of a request. What it refuses is not recorded under the key: nothing was understood.
func read(r *rest.Request, customerID string) (bank.TransferRequest, error) {
	request := bank.TransferRequest{
		CustomerID: customerID, ApprovalID: r.Principal.Approval(), ProofID: r.Principal.ProofID,
	}
	var err error
	if request.Key, err = idempotencyKey(r.Header("Idempotency-Key")); err != nil {
		return request, err
	}
	var b body
	if err := r.DecodeJSON(&b); err != nil {
		return request, err
	}
	if request.From, err = bank.ParseAccountID(b.From); err != nil {
		return request, rest.Refuse("invalid_request", "from is "+err.Error()+".")
	}
	if request.To, err = bank.ParseAccountID(b.To); err != nil {
		return request, rest.Refuse("invalid_request", "to is "+err.Error()+".")
	}
	if request.Currency, err = bank.ParseCurrency(b.Currency); err != nil {
		return request, rest.Refuse("invalid_request", "currency is "+err.Error()+".")
	}
	if request.Amount, err = bank.ParseAmount(b.Amount, request.Currency); err != nil {
		return request, rest.Refuse("invalid_request", "amount is "+err.Error()+".")
	}
	if request.Reference, err = bank.ParseReference(b.Reference); err != nil {
		return request, rest.Refuse("invalid_request", "reference is "+err.Error()+".")
	}
	return request, nil
}

// idempotencyKey reads the Idempotency-Key header.
func idempotencyKey(header string) (bank.IdempotencyKey, error) {
	if header == "" {
		return "", rest.Refuse("missing_idempotency_key",
			"Send a new random Idempotency-Key with each transfer, and the same one with each repetition of it.")
	}
	key, err := bank.ParseIdempotencyKey(header)
	if err != nil {
		return "", rest.Refuse("invalid_idempotency_key", "The Idempotency-Key is "+err.Error()+"; a UUID will do.")
	}
	return key, nil
}
