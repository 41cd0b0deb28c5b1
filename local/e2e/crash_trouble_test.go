package e2e

import (
	"context"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	outages       = 12                     // of the tables in a run, roughly
	longestOutage = 600 * time.Millisecond // without the engine's start
	shotEvery     = 80 * time.Millisecond  // on average
)

// kill is SIGKILL: no process can prepare for it.
func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// shootFunctions kills a process of the authorizer or of the transfer function now and then, until the context ends.
func (s *storm) shootFunctions(ctx context.Context, random *rand.Rand) {
	for pause(ctx, upTo(random, 2*shotEvery)) {
		function := shootable[random.IntN(len(shootable))]
		targets := slices.DeleteFunc(s.functionProcesses(), func(p functionProcess) bool { return p.function != function })
		// Most processes sleep most of the time; one that holds a request is the better target.
		if awake := slices.DeleteFunc(slices.Clone(targets), isFrozen); len(awake) > 0 && random.IntN(4) > 0 {
			targets = awake
		}
		if len(targets) > 0 {
			kill(targets[random.IntN(len(targets))].pid)
			s.shot[function]++
		}
	}
}

// cutTables kills the engine and starts it again, each time about another twelfth of the orders is done.
func (s *storm) cutTables(ctx context.Context, random *rand.Rand, orders int) {
	for next := random.IntN(orders/outages + 1); ; next += 1 + random.IntN(2*orders/outages+1) {
		for s.done.Load() < int64(next) {
			if !pause(ctx, 5*time.Millisecond) {
				return
			}
		}
		s.tables.kill()
		pause(ctx, upTo(random, longestOutage))
		if err := s.tables.start(context.WithoutCancel(ctx)); err != nil {
			s.violated("the tables do not come back: %v", err)
			return
		}
		s.cuts++
	}
}

func upTo(random *rand.Rand, limit time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(limit)))
}

// pause reports false if the context has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// shootable are the functions that a transfer passes through.
var shootable = []string{"authorizer", "transfer"}

// functionProcess is a process in which one of them runs.
type functionProcess struct {
	pid      int
	function string
	frozen   bool // as between two requests
}

func isFrozen(p functionProcess) bool { return p.frozen }

func (s *storm) functionProcesses() (found []functionProcess) {
	out, _ := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,command=").Output()
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[1] != strconv.Itoa(s.system.process.Process.Pid) || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		for _, function := range shootable {
			if strings.Contains(fields[3], "/"+function+"-") {
				pid, _ := strconv.Atoi(fields[0])
				found = append(found, functionProcess{pid, function, strings.HasPrefix(fields[2], "T")})
			}
		}
	}
	return found
}

// awaitQuiet returns when the functions have done all they were asked, also by clients that have hung up. It looks
// several times: between the authorizer and the transfer of one request both sleep.
func (s *storm) awaitQuiet(t *testing.T) {
	t.Helper()
	const looks = 10
	var busy []functionProcess
	quiet := 0
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if busy = slices.DeleteFunc(s.functionProcesses(), isFrozen); len(busy) > 0 {
			quiet = 0
		} else if quiet++; quiet == looks {
			return
		}
	}
	t.Fatalf("a minute after the last request functions still run: %v", busy)
}
