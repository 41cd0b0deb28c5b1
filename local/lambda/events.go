package lambda

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Failure is one try of an event that came to nothing.
type Failure struct {
	Function  string
	RequestID string // the same for all tries of an event
	Try, Of   int
	Payload   []byte        // the function's error; empty if Err is set
	Err       error         // why no process has seen the event
	Again     time.Duration // until the next try; 0 if this was the last
}

func (f Failure) String() string {
	text := fmt.Sprintf("%s failed on event %s, try %d of %d", f.Function, f.RequestID, f.Try, f.Of)
	if f.Again > 0 {
		text += fmt.Sprintf(" (again in %v)", f.Again)
	}
	if f.Err != nil {
		return fmt.Sprintf("%s: %v", text, f.Err)
	}
	return fmt.Sprintf("%s: %s", text, f.Payload)
}

// While a function is throttled its events wait as long as in Lambda, which goes from a second to five minutes and
// gives up after six hours (Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
// invocation").
const (
	throttleWait = time.Second
	longestWait  = 5 * time.Minute
	longestQueue = 6 * time.Hour
)

// Send invokes a function asynchronously, as the Invoke API does with InvocationType Event and as a schedule does, and
// returns the request id. An event whose function fails is tried again with the same request id and payload, up to
// Function.Tries in all, after Config.Retry and then twice that (Lambda takes a minute and two): a function that must
// not run twice on one event has to see to it itself.
func (h *Host) Send(ctx context.Context, name string, payload []byte) (requestID string, err error) {
	f, err := h.find(name, payload, eventLimit)
	if err != nil {
		return "", err
	}
	select {
	case <-h.closing:
		return "", ErrClosed
	default:
	}
	requestID = uuid.NewString()
	go h.deliver(context.WithoutCancel(ctx), f, requestID, payload)
	return requestID, nil
}

// deliver tries an event until it succeeds, has failed often enough, or the host is closed.
func (h *Host) deliver(ctx context.Context, f *function, requestID string, payload []byte) {
	began, throttled := time.Now(), throttleWait
	for try := 1; ; {
		result, err := f.try(ctx, requestID, payload)
		if err == nil && result.FunctionError == "" || errors.Is(err, ErrClosed) {
			return
		}
		failure := Failure{Function: f.Name, RequestID: requestID, Try: try, Of: f.Tries, Payload: result.Payload, Err: err}
		switch {
		case errors.Is(err, ErrThrottled) && time.Since(began) < longestQueue:
			failure.Again = throttled
			throttled = min(2*throttled, longestWait)
		case err == nil && try < f.Tries:
			failure.Again = time.Duration(try) * h.Retry
			try++
		}
		h.Failed(failure)
		if failure.Again == 0 {
			return
		}
		select {
		case <-time.After(failure.Again):
		case <-h.closing:
			return
		}
	}
}
