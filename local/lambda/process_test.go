package lambda

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"errors"
)

func raw(mode string) Function { return Function{Environment: map[string]string{"MODE": mode}} }

func TestAnInitThatExitsIsReportedWithItsLog(t *testing.T) {
	s := start(t, "raw", raw("init exit"))
	for range 2 {
		r := s.fails(`{}`, "Runtime.ExitError", "Error: Runtime exited with error: exit status 1")
		if string(r.Logs) != "TOKEN_ISSUERS is missing\n" {
			t.Fatalf("logs %q", r.Logs)
		}
	}
}

func TestAnInitThatExitsWithoutAnErrorGivesNoReason(t *testing.T) {
	s := start(t, "raw", raw("init exit 0"))
	s.fails(`{}`, "Runtime.ExitError", "Error: Runtime exited without providing a reason")
}

func TestAnInitThatOverrunsIsKilled(t *testing.T) {
	s := start(t, "raw", raw("init overrun"), func(c *Config) { c.Init = 100 * time.Millisecond })
	s.fails(`{}`, "Sandbox.Timedout", "Error: Init timed out after 0.10 seconds")
}

func TestAnInitErrorIsPassedOn(t *testing.T) {
	s := start(t, "raw", raw("init error"))
	s.fails(`{}`, "Runtime.NoHandler", "bootstrap has no handler")
}

func TestOnlyTheFirstAnswerCounts(t *testing.T) {
	s := start(t, "raw", raw("answer twice"))
	r := s.invoke(`{}`)
	if string(r.Payload) != `"first"` || string(r.Logs) != "second answer: 403\nother id: 400\n" {
		t.Fatalf("payload %s, logs %q", r.Payload, r.Logs)
	}
}

func TestNextIsRefusedBeforeAnAnswer(t *testing.T) {
	s := start(t, "raw", raw("next without an answer"))
	r := s.invoke(`{}`)
	if string(r.Payload) != `"answered"` || string(r.Logs) != "next: 403\n" {
		t.Fatalf("payload %s, logs %q", r.Payload, r.Logs)
	}
}

func TestAnAnswerCountsThoughItsProcessDiesAfterIt(t *testing.T) {
	s := start(t, "raw", raw("dies after its answer"))
	for range 3 {
		if r := s.invoke(`{}`); string(r.Payload) != `"answered"` || r.FunctionError != "" || !r.Cold {
			t.Fatalf("%+v", r)
		}
	}
}

func TestTheRuntimeAPIRefusesAnotherHostName(t *testing.T) {
	s := start(t, "raw", raw("another host"))
	if r := s.invoke(`{}`); string(r.Payload) != "421" {
		t.Fatalf("%s", r.Payload)
	}
}

func TestAGoroutineLeftBehindStandsStill(t *testing.T) {
	s := start(t, "trial", Function{})
	ticks := shared(t)
	s.invoke(`{"do":"tick","text":` + strconv.Quote(ticks) + `}`)
	count := func() int { b, _ := os.ReadFile(ticks); return len(b) }
	time.Sleep(10 * time.Millisecond)
	before := count()
	time.Sleep(100 * time.Millisecond)
	if after := count(); after != before {
		t.Fatalf("it ticked %d times in a frozen process", after-before)
	}
	s.invoke(`{"do":"sleep","ms":50}`)
	if count() == before {
		t.Fatal("it did not go on in the next invocation")
	}
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

// together runs n slow events at once and returns the processes that they ran in.
func (s *stage) together(n int) map[int]bool {
	var wg sync.WaitGroup
	var mu sync.Mutex
	pids := map[int]bool{}
	for range n {
		wg.Go(func() {
			e := s.echo(`{"do":"sleep","ms":300}`)
			mu.Lock()
			defer mu.Unlock()
			pids[e.PID] = true
		})
	}
	wg.Wait()
	return pids
}

func TestBeyondTheLimitAnEventIsThrottled(t *testing.T) {
	s := start(t, "trial", Function{Concurrency: 1})
	s.echo(`{"do":"echo"}`)
	busy := make(chan Result)
	go func() { busy <- s.invoke(`{"do":"sleep","ms":300}`) }()
	eventually(t, "it is busy", s.inFlight)
	if _, err := s.Invoke(t.Context(), "f", []byte(`{"do":"echo"}`)); !errors.Is(err, ErrThrottled) {
		t.Fatal(err)
	}
	<-busy
	s.echo(`{"do":"echo"}`)
}

func TestAProcessKilledInItsSleepCostsNoEvent(t *testing.T) {
	s := start(t, "trial", Function{})
	for range 20 {
		pid := s.echo(`{"do":"echo"}`).PID
		syscall.Kill(pid, syscall.SIGKILL)
		eventually(t, "the process is gone", func() bool { return syscall.Kill(pid, 0) != nil })
	}
}

func TestAProcessKilledInTheMiddleEndsItsEvent(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	ended := make(chan Result)
	go func() { ended <- s.invoke(`{"do":"sleep","ms":60000}`) }()
	eventually(t, "the process has the event", s.delivered)
	syscall.Kill(pid, syscall.SIGKILL)
	if r := <-ended; r.FunctionError != "Unhandled" || !strings.Contains(string(r.Payload), "signal: killed") {
		t.Errorf("%s", r.Payload)
	}
	s.echo(`{"do":"echo"}`)
}

func TestANewVersionReplacesTheProcesses(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	s.program.version = "2"
	if s.echo(`{"do":"echo"}`).PID == pid {
		t.Fatal("the old process answered")
	}
	eventually(t, "the old process is gone", func() bool { return syscall.Kill(pid, 0) != nil })
}

func TestAnIdleProcessIsEnded(t *testing.T) {
	s := start(t, "trial", Function{}, func(c *Config) { c.Idle = 20 * time.Millisecond })
	pid := s.echo(`{"do":"echo"}`).PID
	eventually(t, "the process is gone", func() bool { return syscall.Kill(pid, 0) != nil })
	s.echo(`{"do":"echo"}`)
}

func TestCloseLeavesNoProcess(t *testing.T) {
	s := start(t, "trial", Function{})
	r := s.invoke(`{"do":"grandchild"}`)
	grandchild, _ := strconv.Atoi(string(r.Payload))
	go s.Invoke(t.Context(), "f", []byte(`{"do":"sleep","ms":60000}`))
	eventually(t, "it is busy", s.inFlight)
	s.Close()
	if len(s.held) != 0 {
		t.Fatalf("processes are left: %v", s.held)
	}
	eventually(t, "the grandchild is gone", func() bool { return !running(grandchild) })
	if _, err := s.Invoke(t.Context(), "f", nil); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

// running says whether a process that is not our child runs; a zombie that nobody reaps does not.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
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
