package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"drawbridge/local/template"
)

// startSchedules sends functions the events of the template's schedules until the runner ends. As on AWS, an event
// whose function fails is sent again, and an event beyond the function's concurrency waits. EventBridge lets the first
// interval pass; here the first event comes at the start, since a developer's stack rarely runs for an hour.
func (r *runner) startSchedules() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, s := range r.stack.Schedules {
		f, _ := r.stack.Function(s.Function)
		running.Go(func() {
			every(ctx, s.Every, func(at time.Time) {
				if _, err := r.functions.Send(ctx, f.Name, scheduledEvent(r.stack, s, at)); err != nil && ctx.Err() == nil {
					r.terminal.printf("  %s gets no event of its schedule: %v", f.Name, err)
				}
			})
		})
	}
	r.closing(func() { stop(); running.Wait() })
}

// every calls do at once and then at each interval, one call at a time, until the context ends.
func every(ctx context.Context, interval time.Duration, do func(at time.Time)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for at := time.Now(); ; {
		do(at)
		select {
		case <-ctx.Done():
			return
		case at = <-ticker.C:
		}
	}
}

// scheduledEvent is what EventBridge sends
// (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled.html).
func scheduledEvent(stack *template.Stack, s template.Schedule, at time.Time) []byte {
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": rand.Text(), "detail-type": "Scheduled Event", "source": "aws.events",
		"account": stack.AccountID, "region": stack.Region, "time": at.UTC().Format(time.RFC3339),
		"resources": []string{fmt.Sprintf("arn:aws:events:%s:%s:rule/%s%s", stack.Region, stack.AccountID, s.Function,
			s.Name)},
		"detail": map[string]any{},
	})
	if err != nil {
		panic("local: an event that is not JSON: " + err.Error()) // strings only: cannot happen
	}
	return event
}
