package lambda

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// function is a Function with its pool of processes.
type function struct {
	Function
	host *Host

	mu       sync.Mutex
	version  string // of the binary last asked for
	inFlight int    // invocations in hand; concurrency counts these, for some of the processes are dying
	all      map[*process]struct{}
	idle     []*process // the one used last at the end: it is taken first, and the others can grow old
	closed   bool
	spawning sync.WaitGroup // for close to wait for; added to under mu, and never after closed
}

func (f *function) arn() string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", f.host.Region, f.host.AccountID, f.Name)
}

// try invokes the function as it stands now.
func (f *function) try(ctx context.Context, requestID string, payload []byte) (Result, error) {
	binary, err := f.host.Binaries.Binary(ctx, f.Name)
	if err != nil {
		return Result{}, err
	}
	return f.invoke(binary, newInvocation(ctx, requestID, payload))
}

// invoke runs inv in a process of that binary. As on Lambda, it runs on when the invoker has left.
func (f *function) invoke(binary Binary, inv *invocation) (Result, error) {
	if err := f.begin(); err != nil {
		return Result{}, err
	}
	defer f.end()
	for {
		p, cold, err := f.acquire(binary, inv)
		if err != nil {
			return Result{}, err
		}
		result, seen := p.handle(inv, cold)
		if seen {
			f.release(p)
			return result, nil
		}
		// p died in its sleep, before it was asked: another may have the event.
	}
}

// begin counts an invocation, if there may be one more.
func (f *function) begin() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.inFlight >= f.Concurrency {
		return fmt.Errorf("%w: function %s runs %d at once", ErrThrottled, f.Name, f.Concurrency)
	}
	f.inFlight++
	return nil
}

func (f *function) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inFlight--
}

// acquire takes an idle process of that binary, or starts one.
func (f *function) acquire(binary Binary, inv *invocation) (p *process, cold bool, err error) {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil, false, ErrClosed
	}
	if f.version != binary.Version {
		f.version = binary.Version
		f.retire(func(*process) bool { return true })
	}
	if last := len(f.idle) - 1; last >= 0 {
		p, f.idle = f.idle[last], f.idle[:last]
		f.mu.Unlock()
		return p, false, nil
	}
	f.spawning.Add(1)
	f.mu.Unlock()
	defer f.spawning.Done()

	p, err = f.spawn(binary, inv)
	if err != nil {
		return nil, false, fmt.Errorf("function %s cannot be started: %w", f.Name, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !p.ended {
		f.all[p] = struct{}{}
	}
	if f.closed {
		p.kill()
	}
	return p, true, nil
}

// release makes a process idle that has asked for its next event, and ends one that is out of date.
func (f *function) release(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-p.dead:
		return
	default:
	}
	if f.closed || p.binary.Version != f.version {
		p.kill()
		return
	}
	p.idleSince = time.Now()
	f.idle = append(f.idle, p)
}

// gone forgets a process that has ended.
func (f *function) gone(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.ended = true
	delete(f.all, p)
	f.idle = slices.DeleteFunc(f.idle, func(q *process) bool { return q == p })
}

// retire ends the idle processes that meet the condition. The caller holds the lock.
func (f *function) retire(condition func(*process) bool) {
	f.idle = slices.DeleteFunc(f.idle, func(p *process) bool {
		if !condition(p) {
			return false
		}
		p.kill()
		return true
	})
}

// reap ends processes that have been idle since before then.
func (f *function) reap(then time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retire(func(p *process) bool { return p.idleSince.Before(then) })
}

// close ends every process, busy or not, and returns when all have been reaped.
func (f *function) close() {
	f.mu.Lock()
	f.closed = true
	f.idle = nil
	f.mu.Unlock()
	f.spawning.Wait()

	f.mu.Lock()
	var all []*process
	for p := range f.all {
		p.kill()
		all = append(all, p)
	}
	f.mu.Unlock()
	for _, p := range all {
		<-p.dead
	}
}
