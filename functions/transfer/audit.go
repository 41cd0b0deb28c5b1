package main

import (
	"context"
	"log/slog"

	"drawbridge/shared/audit"
	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

// record writes who moved money, and by which token: what a dispute is settled by. The accounts and the amount stand in
// the transfer's own record, under the transfer_id.
func record(ctx context.Context, log *slog.Logger, r *rest.Request, customerID string, receipt bank.Receipt) {
	event, outcome := audit.TransferMade, slog.String("transfer_id", receipt.TransferID)
	if receipt.Refusal != "" {
		event, outcome = audit.TransferRefused, slog.String("code", string(receipt.Refusal))
	}
	audit.Write(ctx, log, r, event, slog.String("customer_id", customerID), slog.String("sub", string(r.Principal.Subject)),
		slog.String("token_id", r.Principal.TokenID), outcome, slog.Bool("replayed", receipt.Replayed))
}
