package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"drawbridge/shared/audit"
	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/session"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// desk is where operators give their commands.
type desk struct {
	directory *customer.Directory
	bank      *bank.Bank
	sessions  *session.Store
	log       *slog.Logger
	now       func() time.Time
}

// outcome is what became of a command.
type outcome string

const (
	done      outcome = "done"
	unchanged outcome = "unchanged"
	planned   outcome = "planned"
	shown     outcome = "shown"
	refused   outcome = "refused"
)

// answer is the function's answer.
type answer struct {
	Command   string   `json:"command,omitempty"`
	Outcome   outcome  `json:"outcome"`
	DryRun    bool     `json:"dry_run"`
	RequestID string   `json:"request_id"`
	Code      code     `json:"code,omitempty"`    // of a refusal
	Detail    string   `json:"detail,omitempty"`  // of a refusal
	Changes   []change `json:"changes,omitempty"` // what was done, or would be
	Result    any      `json:"result,omitempty"`  // what is shown
	Note      string   `json:"note,omitempty"`    // what the command leaves as it is
}

// Invoke implements lambda.Handler: it takes the payload as it came, because encoding/json would let through what must
// be refused.
func (d *desk) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	requestID := ""
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		requestID = invocation.AwsRequestID
	}
	o, err := readOrder(payload)
	record := func(event audit.Event, more ...slog.Attr) {
		audit.WriteOperator(ctx, d.log, requestID, o.operator, event, append(o.attributes(), more...)...)
	}
	var a answer
	if err == nil {
		record(audit.OperatorCommand)
		a, err = d.carryOut(ctx, o)
	}
	a.Command, a.DryRun, a.RequestID = o.command, o.dryRun, requestID
	if refusal, ok := errors.AsType[*refusal](err); ok {
		record(audit.OperatorRefused, slog.String("code", string(refusal.code)))
		a.Outcome, a.Code, a.Detail = refused, refusal.code, refusal.detail
		return json.Marshal(a)
	}
	if err != nil {
		failure := faultOf(err)
		record(audit.OperatorFailed, slog.String("code", failure.Type))
		d.log.LogAttrs(ctx, slog.LevelError, "command failed", slog.String("request_id", requestID),
			slog.String("cause", err.Error()))
		return nil, failure
	}
	record(audit.OperatorDone, slog.String("outcome", string(a.Outcome)))
	return json.Marshal(a)
}

// attempts is how often a command is planned, again each time when its customer or account has changed meanwhile.
const attempts = 3

func (d *desk) carryOut(ctx context.Context, o order) (answer, error) {
	for range attempts {
		p, err := commands[o.command].plan(d, ctx, o)
		switch {
		case err != nil:
			return answer{}, err
		case p.shown:
			return answer{Outcome: shown, Result: p.result}, nil
		case p.apply == nil:
			return answer{Outcome: unchanged, Result: p.result, Note: p.note}, nil
		case o.dryRun:
			return answer{Outcome: planned, Changes: p.changes, Note: p.note}, nil
		}
		result, err := p.apply(ctx)
		if err == nil {
			return answer{Outcome: done, Changes: p.changes, Result: result, Note: p.note}, nil
		}
		if !overtaken(err) {
			return answer{}, err
		}
	}
	return answer{}, refuse(conflict, "What the command is about kept changing. Give it again.")
}

// faultOf hides the cause of an error that is no refusal: the caller learns whether to try again, the log has the
// cause.
func faultOf(err error) messages.InvokeResponse_Error {
	if errors.Is(err, bank.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || dynamo.Transient(err) {
		return messages.InvokeResponse_Error{
			Type:    string(unavailable),
			Message: "It is not known whether the command was carried out. To give the same command again is safe.",
		}
	}
	return messages.InvokeResponse_Error{Type: string(internalError),
		Message: "Something went wrong on our side. The log has more under this request id."}
}
