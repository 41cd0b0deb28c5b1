package push

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/approval"
	"drawbridge/shared/backchannel"
	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TooMany means that the customer's phone has rung often enough.
type TooMany struct{ RetryAfter time.Duration }

func (t *TooMany) Error() string { return "push: too many, again in " + t.RetryAfter.String() }

// ErrUnavailable means that Auth0 could not be asked. Nothing was booked, and the same key is good.
var ErrUnavailable = errors.New("push: the person could not be asked")

// Ask makes the person's phone ring for a request, unless another process does or has done so by now. found is what
// [Pushes.Find] returned, of a state in which nobody has been asked. The Push that comes back says how it stands now,
// also beside an error. Errors: [*TooMany], [ErrUnavailable], and those of the table.
func (p *Pushes) Ask(
	ctx context.Context, request bank.TransferRequest, found Push, person identity.Person,
) (Push, error) {
	now := p.Now()
	if now.Before(found.NextAt) {
		return found, found.waiting(now)
	}
	claim, err := p.claim(ctx, request, found, person, now)
	if err != nil || claim.State != Asking || !claim.Changed {
		return claim, err
	}
	asked, err := p.Phone.Ask(ctx, asks(request, person))
	if err != nil {
		return p.failed(ctx, request, claim, err)
	}
	now = p.Now()
	next := claim
	next.State, next.id, next.interval = Asked, asked.ID, asked.Interval
	next.EndsAt, next.NextAt = now.Add(asked.Lifetime), now.Add(asked.Interval)
	return p.write(ctx, request, claim, next)
}

// waiting is what is said of a push that nobody acts on before NextAt.
func (p Push) waiting(now time.Time) error {
	switch p.State {
	case Busy:
		return &TooMany{RetryAfter: p.NextAt.Sub(now)}
	case Failed:
		return ErrUnavailable
	}
	return nil
}

// claim writes that this process asks, and counts the push, in one transaction.
func (p *Pushes) claim(
	ctx context.Context, request bank.TransferRequest, found Push, person identity.Person, now time.Time,
) (Push, error) {
	count, ends := counter(request.CustomerID, now)
	claim := Push{
		State: Asking, Person: person, AskedAt: now.Truncate(time.Second), EndsAt: now.Add(backchannel.Lifetime),
		NextAt: now.Add(lease), Changed: true, transfer: approval.Of(request).String(), counter: count,
	}
	err := dynamo.Transact(ctx, p.Client, p.put(request, found, claim), p.count(count, ends))
	reasons, _ := dynamo.Cancellation(err)
	switch {
	case len(reasons) == 2 && dynamo.Failed(reasons[0]):
		return p.Find(ctx, request)
	case len(reasons) == 2 && dynamo.Failed(reasons[1]):
		return found, &TooMany{RetryAfter: ends.Sub(now)}
	case err != nil:
		return found, fmt.Errorf("push: failed to claim: %w", err)
	}
	return claim, nil
}

// failed writes down that Auth0 did not take a push. If it said so, no phone has rung and the push is given back.
func (p *Pushes) failed(ctx context.Context, request bank.TransferRequest, claim Push, cause error) (Push, error) {
	now, back := p.Now(), []types.TransactWriteItem{p.giveBack(claim.counter)}
	next := claim
	next.State, next.NextAt = Failed, now.Add(backOff)
	err := fmt.Errorf("%w: %w", ErrUnavailable, cause)
	var busy *backchannel.Busy
	switch {
	case errors.As(cause, &busy):
		next.State, next.NextAt = Busy, now.Add(busy.RetryAfter)
		err = &TooMany{RetryAfter: busy.RetryAfter}
	case errors.Is(cause, backchannel.ErrNobody):
		next.State, next.NextAt, next.Cause = Nobody, now.Add(noPhone), cause
		err = nil
	case errors.Is(cause, backchannel.ErrSilent):
		back = nil
	}
	after, failure := p.write(ctx, request, claim, next, back...)
	return after, errors.Join(err, failure)
}
