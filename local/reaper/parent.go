package reaper

import (
	"context"
	"os"
	"time"
)

// Orphaned is closed when this program's parent has died. `go run` and `make` do not pass on a signal that is sent to
// them alone: when they are gone, nobody is left whom Ctrl-C would reach.
func Orphaned(ctx context.Context) <-chan struct{} {
	parent, orphaned := os.Getppid(), make(chan struct{})
	go func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if os.Getppid() != parent {
					close(orphaned)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return orphaned
}
