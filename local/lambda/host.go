package lambda

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// Invoker invokes a function synchronously, as the Invoke API does with InvocationType RequestResponse. The error is
// nil whenever a process saw the event; what became of it stands in the Result.
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
		f.Timeout = cmp.Or(f.Timeout, defaultTimeout)
		f.MemoryMB = cmp.Or(f.MemoryMB, defaultMemory)
		f.Concurrency = cmp.Or(f.Concurrency, c.Concurrency)
		f.Handler = cmp.Or(f.Handler, "bootstrap")
		h.functions[f.Name] = &function{Function: f, host: h, all: map[*process]struct{}{}}
	}
	h.running.Go(h.reap)
	return h, nil
}

// Invoke runs the function and returns what it answered. It fails with [ErrUnknownFunction], [ErrRequestTooLarge],
// [ErrThrottled], [ErrClosed], a [*BuildError], or the context's error; the function then runs on unattended.
func (h *Host) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	f, ok := h.functions[name]
	if !ok {
		return Result{}, fmt.Errorf("%w: %s", ErrUnknownFunction, name)
	}
	if len(payload) > requestLimit {
		return Result{}, fmt.Errorf("%w: %d bytes", ErrRequestTooLarge, len(payload))
	}
	binary, err := h.Binaries.Binary(ctx, name)
	if err != nil {
		return Result{}, err
	}
	type outcome struct {
		Result
		error
	}
	finished := make(chan outcome, 1)
	go func() {
		result, err := f.invoke(binary, newInvocation(ctx, payload))
		finished <- outcome{result, err}
	}()
	select {
	case o := <-finished:
		return o.Result, o.error
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// Close kills every process and returns when all have been reaped. Invocations in hand end as if their process had died.
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
