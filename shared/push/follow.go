package push

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/bank"
)

// Follow asks Auth0 what came of a push in the state Asked. Before its NextAt, and while another process is looking, it
// returns the push as it is. Errors: [ErrUnavailable], and those of the table.
func (p *Pushes) Follow(ctx context.Context, request bank.TransferRequest, found Push) (Push, error) {
	now := p.Now()
	switch {
	case !now.Before(found.EndsAt):
		return p.end(ctx, request, found, Expired)
	case now.Before(found.NextAt):
		return found, nil
	}
	turn := found
	turn.NextAt = now.Add(found.interval)
	moved, err := p.move(ctx, request, found, turn)
	switch {
	case err != nil:
		return found, err
	case !moved:
		return p.Find(ctx, request)
	}
	at, err := p.Phone.Fetch(ctx, turn.id, asks(request, turn.Person), turn.AskedAt, turn.interval)
	var slower *backchannel.SlowDown
	var busy *backchannel.Busy
	switch {
	case err == nil:
		return p.approve(ctx, request, turn, at)
	case errors.Is(err, backchannel.ErrPending):
		return turn, nil
	case errors.As(err, &slower):
		return p.later(ctx, request, turn, slower.Interval, slower.Interval)
	case errors.As(err, &busy):
		return p.later(ctx, request, turn, turn.interval, max(busy.RetryAfter, turn.interval))
	case errors.Is(err, backchannel.ErrRefused) && p.Now().Before(turn.EndsAt.Add(-time.Second)):
		return p.end(ctx, request, turn, Denied)
	case errors.Is(err, backchannel.ErrRefused): // which is what Auth0 says of an expired one as well
		return p.end(ctx, request, turn, Expired)
	case errors.Is(err, backchannel.ErrSpent), errors.Is(err, backchannel.ErrForeign):
		ended, failure := p.end(ctx, request, turn, Lost)
		ended.Cause = err
		return ended, failure
	}
	return turn, fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// later makes all processes wait once, and keep an interval from then on.
func (p *Pushes) later(
	ctx context.Context, request bank.TransferRequest, turn Push, interval, wait time.Duration,
) (Push, error) {
	next := turn
	next.interval, next.NextAt = interval, p.Now().Add(wait)
	return p.write(ctx, request, turn, next)
}

// approve writes down that the person said yes, before anything is booked.
func (p *Pushes) approve(ctx context.Context, request bank.TransferRequest, turn Push, at time.Time) (Push, error) {
	next := turn
	next.State, next.ApprovalID, next.ApprovedAt, next.id = Approved, approvalID(turn.id), at, ""
	return p.write(ctx, request, turn, next, p.giveBack(turn.counter))
}

// end writes the key's last word.
func (p *Pushes) end(ctx context.Context, request bank.TransferRequest, seen Push, state State) (Push, error) {
	next := seen
	next.State, next.id = state, ""
	return p.write(ctx, request, seen, next)
}
