package lambda

import (
	"strings"
	"testing"
	"time"
)

// raw is the program of testdata that speaks the Runtime API by hand, in one of its modes.
func raw(mode string) Function { return Function{Environment: map[string]string{"MODE": mode}} }

func TestTheRuntimeAPIHoldsARuntimeToItsOrder(t *testing.T) {
	for mode, want := range map[string]struct{ payload, logs string }{
		"answer twice":           {`"first"`, "second answer: 403\nother id: 400\n"},
		"next without an answer": {`"answered"`, "next: 403\n"},
		"init error too late":    {"403", ""},
		"breaks off":             {`"whole"`, ""},
		"another host":           {"421", ""},
	} {
		t.Run(mode, func(t *testing.T) {
			r := start(t, "raw", raw(mode)).invoke(`{}`)
			if string(r.Payload) != want.payload || string(r.Logs) != want.logs {
				t.Errorf("payload %s, logs %q", r.Payload, r.Logs)
			}
		})
	}
}

func TestWhatARuntimeFailsOfIsTheAnswer(t *testing.T) {
	for mode, want := range map[string]struct{ errorType, message, logs string }{
		"init exit": {"Runtime.ExitError", "Error: Runtime exited with error: exit status 1",
			"TOKEN_ISSUERS is missing\n"},
		"init exit 0":          {"Runtime.ExitError", "Error: Runtime exited without providing a reason", ""},
		"init overrun":         {"Sandbox.Timedout", "Error: Init timed out after 0.10 seconds", ""},
		"init error":           {"Runtime.NoHandler", "bootstrap has no handler", ""},
		"a large error":        {"Function.ResponseSizeTooLarge", "", ""},
		"fails in its trailer": {"Runtime.StreamError", "the source is gone", ""},
	} {
		t.Run(mode, func(t *testing.T) {
			s := start(t, "raw", raw(mode), func(c *Config) {
				if mode == "init overrun" {
					c.Init = 100 * time.Millisecond
				}
			})
			if r := s.fails(`{}`, want.errorType, want.message); string(r.Logs) != want.logs {
				t.Errorf("logs %q", r.Logs)
			}
			if strings.HasPrefix(mode, "init") { // the next process fails as well
				s.fails(`{}`, want.errorType, want.message)
			}
		})
	}
}
