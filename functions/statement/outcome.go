package main

import (
	"context"
	"encoding/json"
	"net/http"

	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

// outcome is what became of a transfer request. Answer is the body of the answer to POST /transfer, byte for byte.
//
// Unknown means that nothing is recorded under the key: the request never arrived, was never approved, or is still
// under way. Sending it again with the same key is safe.
type outcome struct {
	Status string          `json:"status"` // booked, refused or unknown
	Answer json.RawMessage `json:"answer,omitempty"`
}

// byIdempotencyKey answers for the caller's own key: another customer's key is another key.
func byIdempotencyKey(ctx context.Context, b *bank.Bank, r *rest.Request, customerID string) (rest.Response, error) {
	for _, name := range []string{"limit", "next", "from", "to"} {
		if _, sent := r.Query(name); sent {
			return rest.Response{}, rest.Refuse("invalid_request", "Send idempotency_key without "+name+".")
		}
	}
	text, _ := r.Query("idempotency_key")
	key, err := bank.ParseIdempotencyKey(text)
	if err != nil {
		return rest.Response{}, rest.Refuse("invalid_request", "idempotency_key must be one that POST /transfer takes.")
	}
	found, ok, err := b.Answered(ctx, customerID, key)
	if err != nil {
		return rest.Response{}, err
	}
	if !ok {
		return rest.JSON(http.StatusOK, outcome{Status: "unknown"}), nil
	}
	return shown(found), nil
}

// byID answers for a transfer in the caller's ledger, made or received. Anyone else's is not there.
func byID(ctx context.Context, b *bank.Bank, r *rest.Request, customerID string) (rest.Response, error) {
	notFound := rest.Refuse("no_such_transfer", "No transfer of yours has this id.")
	id, err := bank.ParseTransferID(r.PathParameter("transfer_id"))
	if err != nil {
		return rest.Response{}, notFound
	}
	found, ok, err := b.FindTransfer(ctx, customerID, id)
	if err != nil {
		return rest.Response{}, err
	}
	if !ok {
		return rest.Response{}, notFound
	}
	return shown(found), nil
}

func shown(found bank.Receipt) rest.Response {
	if found.Refusal != "" {
		return rest.JSON(http.StatusOK, outcome{Status: "refused", Answer: found.Answer})
	}
	return rest.JSON(http.StatusOK, outcome{Status: "booked", Answer: found.Answer})
}
