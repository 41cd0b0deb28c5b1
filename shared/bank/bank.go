// Package bank keeps accounts and moves money between them, exactly once.
//
// # The transaction
//
// A transfer is one TransactWriteItems of six items, each under 1 KB, so it is one round trip and 12 write units. A
// request by a token that is bound to a key (RFC 9449) has a seventh:
//
//	0  Put the transfer's record, under sha256(customer, Idempotency-Key)   if it is not there
//	1  Update the payer: balance - amount        if it exists, is open, has the currency, the limit and the balance
//	2  Update the payee: balance + amount        if it exists, is open, has the currency
//	3  Put the payer's ledger entry              if it is not there
//	4  Put the payee's ledger entry              if it is not there
//	5  Put the use of the approval               if it is not there
//	6  Put the use of the proof, if one came     if it is not there
//
// Every rule is a condition, so nothing can change between a check and its effect. The record holds the bytes of the
// answer: a client that sends the same key again gets them, at whatever point the first try was cut off. It never
// expires. The transaction uses up the approval, not the token: many tokens may carry one approval.
//
// # Reading a cancellation
//
// When DynamoDB cancels, it gives a reason an item, and their order of precedence is what makes a retry safe:
//
//  1. Reason 0 failed: this key has been answered. Replay the answer (or refuse, if the request was another one). This
//     comes first because after a transfer that emptied the account, its own repetition also fails for lack of funds.
//  2. Any conflict or throttle: the other conditions were not all judged. Try again.
//  3. Reason 5 or 6 failed: the approval or the proof has paid for another transfer. Nothing is recorded; a new one may
//     use the key.
//  4. Reasons 1 and 2: a terminal refusal, told from the items that DynamoDB returns. It is put under the key, if that
//     is still free, and from then on is the answer to that key.
//
// Conflicts, throttles, time-outs and faults are never recorded. They are tried again with jitter while the context
// allows, then reported as [ErrUnavailable]: the outcome is unknown, and the same key is safe to send again.
//
// # Invariants
//
// The sum of an account's ledger entries is its balance, their number is its entry count, from its first cent on;
// money enters and leaves the bank by [Bank.Book] alone. Package reconcile checks it.
//
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
package bank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Config says where the bank's data is. Tables may be left empty that the methods in use do not need.
type Config struct {
	Client    *dynamodb.Client
	Accounts  string
	Transfers string
	Ledger    string
	Approvals string

	Now func() time.Time // time.Now if nil

	// Answer turns an outcome into the bytes that are kept with it and given to every repetition. They must fit into
	// AnswerSize. Transfer needs it.
	Answer func(Outcome) []byte
}

// Bank is safe for concurrent use. Its Config may be read.
type Bank struct {
	Config
}

// New returns a bank. It makes no request.
func New(c Config) *Bank {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Bank{Config: c}
}

var (
	// ErrKeyReused means that the idempotency key was used for a request with other contents.
	ErrKeyReused = errors.New("bank: the idempotency key was used for another request")
	// ErrApprovalUsed means that the approval has already paid for another transfer.
	ErrApprovalUsed = errors.New("bank: the approval was used for another transfer")
	// ErrProofUsed means that the proof came with a request that has already moved money.
	ErrProofUsed = errors.New("bank: the proof was used for another transfer")
	// ErrUnavailable means that the outcome is unknown. Sending the same request with the same key is safe.
	ErrUnavailable = errors.New("bank: the outcome is unknown; the same key is safe to send again")
	// ErrCursor means that a cursor is not a position in this customer's ledger.
	ErrCursor = errors.New("bank: the cursor is not a position in this ledger")
	// ErrNoSuchAccount means that an administrative call named an account that is not there.
	ErrNoSuchAccount = errors.New("bank: no such account")
	// ErrState means that the account's present state forbids an administrative call.
	ErrState = errors.New("bank: the account's state does not allow this")
)

const (
	margin   = 250 * time.Millisecond // kept of the context's time to answer in
	patience = 10 * time.Second       // if the context has no deadline
)

// errUnsettled is a cancellation that settles nothing: try again.
var errUnsettled = errors.New("bank: the transaction met another one")

// persist calls try until it succeeds or fails for good, or until the context's time is nearly up: then the outcome
// of the last try is unknown, and the error is ErrUnavailable.
func persist(ctx context.Context, try func(context.Context) error) error {
	deadline, set := ctx.Deadline()
	if !set {
		deadline = time.Now().Add(patience)
	}
	ctx, cancel := context.WithDeadline(ctx, deadline.Add(-margin))
	defer cancel()
	for failures := 1; ; failures++ {
		err := try(ctx)
		again := errors.Is(err, errUnsettled) || dynamo.Transient(err) || errors.Is(err, context.DeadlineExceeded)
		if !again {
			return err
		}
		select {
		case <-time.After(dynamo.Backoff(failures)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
}
