package lambda

import (
	"syscall"
	"testing"
	"time"
)

// A function with a reserved concurrency of one must never be throttled by what is left of an invocation that is over.
func TestAFunctionThatRunsOnceAtATimeIsNotThrottledByItsDead(t *testing.T) {
	for name, end := range map[string]func(*stage){
		"a new version": func(s *stage) { s.program.version += "." },
		"a timeout":     func(s *stage) { s.invoke(`{"do":"sleep","ms":60000}`) },
		"an exit":       func(s *stage) { s.invoke(`{"do":"exit"}`) },
		"a panic":       func(s *stage) { s.invoke(`{"do":"panic"}`) },
		"a kill":        func(s *stage) { s.invoke(`{"do":"killed"}`) },
		"a kill in its sleep": func(s *stage) {
			pid := s.echo(`{"do":"echo"}`).PID
			syscall.Kill(pid, syscall.SIGKILL)
			awaitReaped(s.t, pid)
		},
		"an answer that is too large": func(s *stage) { s.invoke(`{"do":"big","size":6291555}`) },
		"an idle end":                 func(s *stage) { s.functions["f"].reap(time.Now().Add(time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			one, times := Function{Concurrency: 1, Timeout: time.Minute}, 4
			if name == "a timeout" {
				one.Timeout, times = time.Second, 2
			}
			s := start(t, "trial", one)
			for range times {
				s.echo(`{"do":"echo"}`)
				end(s)
				s.echo(`{"do":"echo"}`) // fails the test if it is throttled
			}
		})
	}
}
