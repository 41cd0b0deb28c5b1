package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAScheduleRunsAtTheStartAndOnceAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour+time.Minute)
		defer cancel()
		began := time.Now()
		var at []time.Duration
		every(ctx, time.Hour, func(now time.Time) { at = append(at, now.Sub(began)) })
		if len(at) != 4 || at[0] != 0 || at[3] != 3*time.Hour {
			t.Errorf("ran at %v", at)
		}
	})
}
