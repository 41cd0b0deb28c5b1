// Package push keeps what the bank asked a person for over the back channel, and what came of it: one push a customer
// and Idempotency-Key, however often and however parallel the request is repeated.
//
// # The row
//
// It stands in ApprovalsTable under "push#" and a hash of customer and key:
//
//	state     asking    a process is asking Auth0, or has died over it
//	          failed, busy, nobody   Auth0 was asked, and no phone rang that we know of
//	          asked     the phone has rung, and nobody has answered
//	          approved  the person said yes; good for Config.MaxAge, as a step-up is
//	          denied, expired, lost  the key's last word
//	next_at   nobody calls Auth0 for this row before, in milliseconds
//	transfer  what was asked for; another request with the key is refused
//
// A process that wants to call Auth0 first moves next_at on, on the condition that state and next_at are as it read
// them. So one of many calls, and the interval that Auth0 asks for lies between two calls, whichever process makes
// them.
//
// # When a process dies
//
//	while it is asking   15 s later, which is more than a function lives, the next request asks again. The phone may
//	                     ring twice for one transfer. The second request alone is fetched, and a key is booked once,
//	                     however often it is approved
//	with the token       Auth0 gives it once: the push is lost, and a new key asks again
//	with the approval    the next request with the key books
//
// No token is written: approved is a fact, the time and a name that the transfer's transaction uses up, the hash of
// auth_req_id. The row keeps auth_req_id while it is needed; only the bank's client can use it.
//
// # How often a phone rings
//
// Each push counts for its customer, in the transaction that claims it: ten an hour. A push that is approved, or that
// Auth0 did not take, is given back. So a customer who pays much is not stopped, and an attacker with a stolen token or
// code rings the phone ten times an hour at most. Auth0 adds five a minute.
package push

import (
	"context"
	"fmt"
	"time"

	"drawbridge/shared/approval"
	"drawbridge/shared/backchannel"
	"drawbridge/shared/bank"
	"drawbridge/shared/digest"
	"drawbridge/shared/identity"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	lease   = 15 * time.Second // above the time-out of the function, 10 s
	backOff = 5 * time.Second  // after a failure
	noPhone = time.Minute      // until a person without a phone is asked for again

	// PerHour is how many pushes a customer may leave unapproved in one hour by the clock.
	PerHour = 10

	// kept is for how long denied stays the answer to a key.
	kept = 31 * 24 * time.Hour
)

// State is where a push stands.
type State string

const (
	None     State = "" // nothing was asked
	Asking   State = "asking"
	Failed   State = "failed"
	Busy     State = "busy"
	Nobody   State = "nobody"
	Asked    State = "asked"
	Approved State = "approved"
	Denied   State = "denied"
	Expired  State = "expired"
	Lost     State = "lost"
)

// Push is what was asked for under a key.
type Push struct {
	State      State
	Person     identity.Person // who was asked
	AskedAt    time.Time
	EndsAt     time.Time // when the phone stops asking
	NextAt     time.Time // when it is worth while to look again
	ApprovalID string    // of an approved one
	ApprovedAt time.Time

	Changed bool  // the call that returned it brought it to its state
	Cause   error // why this call found it Lost, or Nobody

	transfer string
	id       string // auth_req_id
	interval time.Duration
	counter  string // the item that it was counted in
}

// Config says where the rows are and who asks. All fields but Now are needed.
type Config struct {
	Client *dynamodb.Client
	Table  string
	Phone  *backchannel.Client
	Tenant identity.Tenant // of the Phone's issuer: nobody else's people can be asked
	MaxAge time.Duration   // for how long an approval is good
	Now    func() time.Time
}

// Pushes is safe for concurrent use.
type Pushes struct{ Config }

// New returns the pushes in a table. It makes no request.
func New(c Config) *Pushes {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Pushes{c}
}

// Find returns the push for a request, of State None if there is none. A key that stands for another request is
// [bank.ErrKeyReused]. It takes one strongly consistent read.
func (p *Pushes) Find(ctx context.Context, request bank.TransferRequest) (Push, error) {
	out, err := p.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &p.Table, Key: rowKey(request), ConsistentRead: new(true),
	})
	if err != nil {
		return Push{}, fmt.Errorf("push: failed to read: %w", err)
	}
	if out.Item == nil {
		return Push{}, nil
	}
	found := parse(out.Item)
	if found.transfer != approval.Of(request).String() {
		return Push{}, bank.ErrKeyReused
	}
	if found.State == Approved && p.Now().Sub(found.ApprovedAt) > p.MaxAge {
		found.State = Expired
	}
	return found, nil
}

// Reaches returns the first of people whom the back channel can ask.
func (p *Pushes) Reaches(people []identity.Person) (identity.Person, bool) {
	for _, person := range people {
		if person.Tenant() == p.Tenant {
			return person, true
		}
	}
	return "", false
}

// approvalID names the approval of a request. No Action writes such a name into a token: it has a # in it.
func approvalID(authReqID string) string { return "ciba#" + digest.Of("auth_req_id", authReqID) }

// asks is what the person is shown.
func asks(request bank.TransferRequest, person identity.Person) backchannel.Request {
	return backchannel.Request{
		Subject: person.Subject(), Transfer: approval.Of(request), Reference: request.Reference,
	}
}
