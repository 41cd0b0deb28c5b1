package metering

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var measure = flag.Bool("measure", false, "measure and print the CPU time of each route's functions (Linux)")

// TestMeasure prints what measured_test.go holds. It asserts nothing.
func TestMeasure(t *testing.T) {
	if !*measure {
		t.Skip("only with -measure")
	}
	s := start(t)
	s.warm()
	var last call
	for _, r := range routes {
		times := 60
		if strings.Contains(r.name, "/login") {
			times = 12 // a password takes some forty times as long as anything else
		}
		var authorizer, function, waited []time.Duration
		for range times {
			if r.make != nil {
				last = r.make(s)
			}
			before := s.cpu()
			u := s.send(last)
			after := s.cpu()
			if a := u.exchange.Authorizer; a != nil && a.Invocation.Function != "" {
				authorizer = append(authorizer, after[a.Invocation.Function]-before[a.Invocation.Function])
			}
			if f := u.exchange.Function; f != nil {
				function = append(function, after[f.Function]-before[f.Function])
				waited = append(waited, f.Duration)
			}
		}
		fmt.Printf("\t%q: {authorizer: %d, function: %d}, // the function took %v\n", r.name, mean(authorizer).Microseconds(), mean(function).Microseconds(),
			mean(waited).Round(100*time.Microsecond))
	}
}

// mean is over the middle half, so that neither a neighbour on the machine nor one collection of garbage decides.
func mean(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	middle := all[len(all)/4 : len(all)-len(all)/4]
	total := time.Duration(0)
	for _, d := range middle {
		total += d
	}
	return total / time.Duration(len(middle))
}

// cpu is the processor time that each function's processes have had, by the scheduler's own account
// (https://docs.kernel.org/scheduler/sched-stats.html).
func (s *system) cpu() map[string]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := map[string]time.Duration{}
	for _, pid := range s.started {
		process := filepath.Join("/proc", strconv.Itoa(pid))
		environment, err := os.ReadFile(filepath.Join(process, "environ"))
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(environment), "AWS_LAMBDA_FUNCTION_NAME=")
		function, _, _ := strings.Cut(rest, "\x00")
		threads, _ := filepath.Glob(filepath.Join(process, "task", "*", "schedstat"))
		for _, thread := range threads {
			text, _ := os.ReadFile(thread)
			onCPU, _, _ := strings.Cut(string(text), " ")
			nanoseconds, _ := strconv.ParseInt(onCPU, 10, 64)
			used[function] += time.Duration(nanoseconds)
		}
	}
	return used
}
