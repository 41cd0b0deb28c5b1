package reaper

import (
	"context"
	"os"
	"time"
)

// Orphaned returns a channel that is closed when this program's parent has died. `go run` and `make` pass on no signal
// that is sent to them alone; without them, Ctrl-C reaches nothing.
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
