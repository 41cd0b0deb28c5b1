// Command client walks the API by a client that was generated from openapi.yaml: look, be challenged, pay, look again,
// end the session. CODE is an authorization code, PAYING a token whose approval is still good, KEY what it approves.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"client/drawbridge"
)

func main() {
	if err := walk(context.Background(), os.Getenv("API")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("walked")
}

func bearer(credential string) drawbridge.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+credential)
		return nil
	}
}

func walk(ctx context.Context, api string) error {
	client, err := drawbridge.NewClientWithResponses(api)
	if err != nil {
		return err
	}
	code := bearer(os.Getenv("CODE"))
	balance, err := client.GetBalanceWithResponse(ctx, code)
	if err != nil || balance.JSON200 == nil || len(balance.JSON200.Accounts) == 0 {
		return fmt.Errorf("GET /balance: %v %s", err, balance.Status())
	}
	order := drawbridge.TransferRequest{
		From: os.Getenv("FROM"), To: os.Getenv("TO"), Amount: "1.00", Currency: "EUR",
	}
	key := &drawbridge.MakeTransferParams{IdempotencyKey: os.Getenv("KEY")}
	refused, err := client.MakeTransferWithResponse(ctx, key, order, code)
	if err != nil || refused.ApplicationproblemJSON403 == nil || refused.ApplicationproblemJSON403.Scope == nil {
		return fmt.Errorf("POST /transfer without an approval: %v %s", err, refused.Status())
	}
	paid, err := client.MakeTransferWithResponse(ctx, key, order, bearer(os.Getenv("PAYING")))
	if err != nil || paid.JSON201 == nil {
		return fmt.Errorf("POST /transfer: %v %s", err, paid.Status())
	}
	found, err := client.GetTransferWithResponse(ctx, paid.JSON201.TransferId, code)
	if err != nil || found.JSON200 == nil || found.JSON200.Status != "booked" {
		return fmt.Errorf("GET /transfers/{transfer_id}: %v %s", err, found.Status())
	}
	statement, err := client.ListTransfersWithResponse(ctx, &drawbridge.ListTransfersParams{Limit: new(1)}, code)
	if err != nil || statement.JSON200 == nil {
		return fmt.Errorf("GET /transfers: %v %s", err, statement.Status())
	}
	if page, err := statement.JSON200.AsStatement(); err != nil || page.Entries[0].TransferId != paid.JSON201.TransferId {
		return fmt.Errorf("GET /transfers shows another transfer first: %v", err)
	}
	ended, err := client.LogoutWithResponse(ctx, drawbridge.LogoutJSONRequestBody{}, code)
	if err != nil || ended.StatusCode() != http.StatusNoContent {
		return fmt.Errorf("POST /logout: %v %s", err, ended.Status())
	}
	return nil
}
