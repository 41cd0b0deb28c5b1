package lambda

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

func TestAnAnswerCountsThoughItsProcessDiesAfterIt(t *testing.T) {
	s := start(t, "raw", raw("dies after its answer"))
	for range 3 {
		if r := s.invoke(`{}`); string(r.Payload) != `"answered"` || r.FunctionError != "" || !r.Cold {
			t.Fatalf("%+v", r)
		}
	}
}

func TestAGoroutineLeftBehindStandsStill(t *testing.T) {
	s := start(t, "trial", Function{})
	ticks := shared(t)
	var pid int
	s.into(`{"do":"tick","text":`+strconv.Quote(ticks)+`}`, &pid)
	stopped := func() bool { return strings.HasPrefix(testkit.ProcessState(pid), "T") }
	testkit.Eventually(t, "its process is stopped", stopped)
	count := func() int { b, _ := os.ReadFile(ticks); return len(b) }
	before := count()
	s.invoke(`{"do":"sleep","ms":50}`)
	if count() == before {
		t.Fatal("it did not go on in the next invocation")
	}
	testkit.Eventually(t, "its process is stopped again", stopped)
}

func TestSimultaneousEventsGetAProcessEach(t *testing.T) {
	s := start(t, "trial", Function{Concurrency: 8})
	pids := s.together(8)
	if len(pids) != 8 {
		t.Fatalf("%d processes for 8 events", len(pids))
	}
	for pid := range s.together(8) {
		if !pids[pid] {
			t.Fatal("a process was started though eight were idle")
		}
	}
}

// together runs n events at once, of which none ends before all have begun, and returns the processes that they ran in.
func (s *stage) together(n int) map[int]bool {
	s.t.Helper()
	var ended []<-chan Result
	for file := shared(s.t); len(ended) < n; {
		ended = append(ended, s.begin(meeting(file, n)))
	}
	pids := map[int]bool{}
	for _, r := range ended {
		var e echo
		testkit.Must(s.t, json.Unmarshal((<-r).Payload, &e))
		pids[e.PID] = true
	}
	return pids
}

func TestBeyondTheLimitAnEventIsThrottled(t *testing.T) {
	s := start(t, "trial", Function{Concurrency: 1})
	s.echo(`{"do":"echo"}`)
	busy, end := s.occupy()
	_, err := s.Invoke(t.Context(), "f", []byte(`{"do":"echo"}`))
	testkit.WantError(t, err, ErrThrottled)
	end()
	<-busy
	s.echo(`{"do":"echo"}`)
}

func TestAProcessKilledInItsSleepCostsNoEvent(t *testing.T) {
	s := start(t, "trial", Function{})
	for range 20 {
		pid := s.echo(`{"do":"echo"}`).PID
		syscall.Kill(pid, syscall.SIGKILL)
		awaitReaped(t, pid)
	}
}

func TestAProcessKilledInTheMiddleEndsItsEvent(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	ended := s.begin(`{"do":"sleep","ms":60000}`)
	testkit.Eventually(t, "the process has the event", s.delivered)
	syscall.Kill(pid, syscall.SIGKILL)
	if r := <-ended; r.FunctionError != "Unhandled" || !strings.Contains(string(r.Payload), "signal: killed") {
		t.Errorf("%s", r.Payload)
	}
	s.echo(`{"do":"echo"}`)
}

func TestABusyProcessOfAnOldVersionEndsAfterItsAnswer(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	busy, end := s.occupy()
	s.functions["f"].mu.Lock()
	s.functions["f"].version = "2"
	s.functions["f"].mu.Unlock()
	end()
	if r := <-busy; r.FunctionError != "" {
		t.Errorf("%s", r.Payload)
	}
	awaitReaped(t, pid)
}

func TestANewVersionReplacesTheProcesses(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	s.program.version = "2"
	if s.echo(`{"do":"echo"}`).PID == pid {
		t.Fatal("the old process answered")
	}
	awaitReaped(t, pid)
}

func TestAnIdleProcessIsEnded(t *testing.T) {
	s := start(t, "trial", Function{}, func(c *Config) { c.Idle = 20 * time.Millisecond })
	awaitReaped(t, s.echo(`{"do":"echo"}`).PID)
	s.echo(`{"do":"echo"}`)
}

func TestCloseLeavesNoProcess(t *testing.T) {
	s := start(t, "trial", Function{})
	var grandchild int
	s.into(`{"do":"grandchild"}`, &grandchild)
	s.begin(`{"do":"sleep","ms":60000}`)
	testkit.Eventually(t, "it is busy", s.inFlight)
	s.Close()
	if len(s.held) != 0 {
		t.Fatalf("processes are left: %v", s.held)
	}
	testkit.Eventually(t, "the grandchild is gone", func() bool { return testkit.ProcessState(grandchild) == "" })
}

func TestWhatAFunctionStartsDiesWithIt(t *testing.T) {
	s := start(t, "trial", Function{})
	var grandchild int
	s.into(`{"do":"grandchild"}`, &grandchild)
	s.invoke(`{"do":"exit"}`)
	testkit.Eventually(t, "the grandchild is gone", func() bool { return testkit.ProcessState(grandchild) == "" })
}

func TestEachLineCarriesItsFunctionAndRequest(t *testing.T) {
	s := start(t, "trial", Function{})
	for range 20 {
		s.lines = nil
		r := s.invoke(`{"do":"say","text":"hi"}`)
		want := []Line{{"f", r.RequestID, "out: hi"}, {"f", r.RequestID, "err: hi"},
			{"f", r.RequestID, "without a line break"}}
		if len(s.lines) != 3 || s.lines[0] != want[0] || s.lines[1] != want[1] || s.lines[2] != want[2] {
			t.Fatalf("lines %v", s.lines)
		}
		if string(r.Logs) != "out: hi\nerr: hi\nwithout a line break\n" {
			t.Fatalf("logs %q", r.Logs)
		}
	}
}

func TestAFunctionThatForgesTheHostsMarkLosesNothingOfItsLog(t *testing.T) {
	s := start(t, "trial", Function{})
	forged, err := json.Marshal("\n" + string(mark) + string(mark))
	testkit.Must(t, err)
	for range 3 {
		s.invoke(`{"do":"say","text":` + string(forged) + `}`)
	}
	testkit.Eventually(t, "all three logs arrive", func() bool {
		return strings.Count(s.logged(), "without a line break") == 3
	})
}

func TestALineOf200KBIsOne(t *testing.T) {
	s := start(t, "trial", Function{})
	s.invoke(`{"do":"say","text":"` + strings.Repeat("x", 200_000) + `"}`)
	if got := len(s.lines); got != 3 {
		t.Fatalf("%d lines", got)
	}
}

func TestALogLargerThanThePipeArrivesWhole(t *testing.T) {
	s := start(t, "trial", Function{})
	r := s.invoke(`{"do":"shout","size":20000,"text":"a line of a long log"}`)
	if got := strings.Count(s.logged(), "\n"); got != 20000 {
		t.Fatalf("%d lines arrived", got)
	}
	if len(r.Logs) != tailLimit || !strings.HasSuffix(string(r.Logs), "019999 a line of a long log\n") {
		t.Fatalf("the tail has %d bytes", len(r.Logs))
	}
}
