package audit

import (
	"context"
	"log/slog"
)

// What an operator did by the admin function. Each command leaves two records: the first before anything is written,
// so that each change has one, whatever ends the function half-way.
const (
	OperatorCommand Event = "operator_command" // understood, and about to be looked at
	OperatorDone    Event = "operator_done"    // with the outcome
	OperatorRefused Event = "operator_refused" // with a code
	OperatorFailed  Event = "operator_failed"  // with a code; what was done is unknown
)

// WriteOperator writes that event happened in a Lambda invocation that no HTTP request led to. operator is who the
// caller says it is; whose credentials it used, AWS CloudTrail has under the same request_id, in an account with a
// trail for the data events of this function.
func WriteOperator(ctx context.Context, log *slog.Logger, requestID, operator string, event Event,
	attributes ...slog.Attr) {
	log.LogAttrs(ctx, slog.LevelInfo, "audit", append([]slog.Attr{
		slog.String("event", string(event)),
		slog.String("request_id", requestID),
		slog.String("operator", operator),
	}, attributes...)...)
}
