package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// What the Invoke API answers before any process has seen the event; with the status and type that AWS gives.
var (
	ErrUnknownFunction = errors.New("no such function")             // 404 ResourceNotFoundException
	ErrRequestTooLarge = errors.New("the event is too large")       // 413 RequestTooLargeException
	ErrThrottled       = errors.New("concurrency limit reached")    // 429 TooManyRequestsException
	ErrClosed          = errors.New("the functions have been shut") // the Host was closed
)

// BuildError says that the function's source does not compile. Output is the compiler's, as it printed it.
type BuildError struct {
	Function string
	Output   string
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("function %s does not build:\n%s", e.Function, e.Output)
}

// Invoker invokes a function synchronously, as the Invoke API does with InvocationType RequestResponse. The error is
// nil whenever a process saw the event; the Result has the outcome.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (Result, error)
}

// Host runs functions. Its methods may be called from several goroutines.
type Host struct {
	Config
	functions map[string]*function
	running   sync.WaitGroup
	closing   chan struct{}
	closeOnce sync.Once
}

// NewHost checks the configuration and starts nothing: processes start as they are needed.
func NewHost(c Config) (*Host, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	h := &Host{Config: c, functions: map[string]*function{}, closing: make(chan struct{})}
	for _, f := range c.Functions {
		if h.functions[f.Name] != nil {
			return nil, fmt.Errorf("lambda: two functions are named %s", f.Name)
		}
		f.Concurrency = cmp.Or(f.Concurrency, unreserved)
		h.functions[f.Name] = &function{Function: f, host: h, all: map[*process]struct{}{}}
	}
	h.running.Go(h.reap)
	return h, nil
}

// Invoke runs the function and returns what it answered. It fails with [ErrUnknownFunction], [ErrRequestTooLarge],
// [ErrThrottled], [ErrClosed], a [*BuildError], or the context's error; the function then runs on unattended.
func (h *Host) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	f, err := h.find(name, payload, requestLimit)
	if err != nil {
		return Result{}, err
	}
	type outcome struct {
		Result
		error
	}
	finished := make(chan outcome, 1)
	go func() {
		result, err := f.try(ctx, uuid.NewString(), payload)
		finished <- outcome{result, err}
	}()
	select {
	case o := <-finished:
		return o.Result, o.error
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// find is the function of that name, if it may have that payload.
func (h *Host) find(name string, payload []byte, limit int) (*function, error) {
	f, ok := h.functions[name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownFunction, name)
	}
	if len(payload) > limit {
		return nil, fmt.Errorf("%w: %d bytes of %d", ErrRequestTooLarge, len(payload), limit)
	}
	return f, nil
}

// Close kills every process and returns when all have been reaped. Invocations in hand end as if their process had
// died, and events that wait for another try are lost.
func (h *Host) Close() error {
	h.closeOnce.Do(func() { close(h.closing) })
	for _, f := range h.functions {
		f.close()
	}
	h.running.Wait()
	return nil
}

// reap ends idle processes now and then.
func (h *Host) reap() {
	tick := time.NewTicker(max(h.Idle/4, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			for _, f := range h.functions {
				f.reap(now.Add(-h.Idle))
			}
		case <-h.closing:
			return
		}
	}
}
