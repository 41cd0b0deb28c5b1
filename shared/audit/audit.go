// Package audit writes the record of who got in, who did not and why, whose access ended, and who moved money: one line
// of the log each, under the message "audit", with who, when, from where. It is what ASVS 5.0 section 16.3 asks for.
//
// A record names people by customer_id and sub (with the tenant, if it is not Main), and secrets by hashes of them: a
// session or a session_id by the start of its ID, a username that was refused by customer.Account. It never holds a
// code, a session_id, a token or a password.
package audit

import (
	"context"
	"log/slog"

	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
)

// Event is what happened. The list is closed: it is what is counted and alarmed on.
type Event string

const (
	LoginAccepted  Event = "login_accepted"
	LoginRefused   Event = "login_refused"   // with a reason
	LoginThrottled Event = "login_throttled" // with the limit
	NonceIssued    Event = "nonce_issued"
	NonceRefused   Event = "nonce_refused" // with a reason
	SessionRevoked Event = "session_revoked"

	IdentityLinked   Event = "identity_linked" // by the customer
	IdentityUnlinked Event = "identity_unlinked"
	IdentityRefused  Event = "identity_refused" // neither, with a reason

	ApprovalAsked   Event = "approval_asked"   // on the phone, by the bank
	ApprovalGiven   Event = "approval_given"   // on the phone
	ApprovalRefused Event = "approval_refused" // with a reason

	TransferMade    Event = "transfer_made"    // or answered once more; which, it says
	TransferRefused Event = "transfer_refused" // for good, with a code
)

const maxUserAgent = 200 // bytes: the client chooses it, and the log is ours

// Write writes that event happened in request r. attributes say to whom and why.
func Write(ctx context.Context, log *slog.Logger, r *rest.Request, event Event, attributes ...slog.Attr) {
	userAgent := r.UserAgent
	if len(userAgent) > maxUserAgent {
		userAgent = userAgent[:maxUserAgent]
	}
	log.LogAttrs(ctx, slog.LevelInfo, "audit", append([]slog.Attr{
		slog.String("event", string(event)),
		slog.String("request_id", r.ID),
		slog.String("ip", r.SourceIP),
		slog.String("user_agent", userAgent),
	}, attributes...)...)
}

// Name is how a record names a secret, given the hash that it is stored under: enough to find two records of one
// session, and of no use to anyone else.
func Name(attribute, hash string) slog.Attr {
	return slog.String(attribute, hash[:min(len(hash), 16)])
}

// Person is how a record names a person: by sub, and by the tenant if it is not Main.
func Person(p identity.Person) slog.Attr {
	names := []any{slog.String("sub", string(p.Subject()))}
	if p.Tenant() != identity.Main {
		names = append(names, slog.String("tenant", string(p.Tenant())))
	}
	return slog.Group("", names...)
}

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
