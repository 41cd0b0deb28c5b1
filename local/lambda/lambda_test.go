package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// programs holds the compiled functions of testdata.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "lambda")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		programs = dir
		build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", dir+"/", "./testdata/trial", "./testdata/raw")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Printf("%s", out)
			return 1
		}
		return m.Run()
	}())
}

// program is a Binaries with one program for all functions.
type program struct{ path, version string }

func (p *program) Binary(context.Context, string) (Binary, error) {
	return Binary{Path: p.path, Version: p.version}, nil
}

// stage is a Host under test, with everything it logged.
type stage struct {
	*Host
	t        *testing.T
	program  *program
	mu       sync.Mutex
	lines    []Line
	held     map[int]bool
	heldEver int
}

// start runs one function, named f, from the given program of testdata. It has a minute unless the test says otherwise:
// on a busy machine Lambda's three seconds are soon over.
func start(t *testing.T, name string, f Function, adjust ...func(*Config)) *stage {
	t.Helper()
	s := &stage{t: t, program: &program{filepath.Join(programs, name), "1"}, held: map[int]bool{}}
	f.Name, f.Timeout, f.Tries = "f", cmp.Or(f.Timeout, time.Minute), cmp.Or(f.Tries, 3)
	c := Config{Functions: []Function{f}, Binaries: s.program, Region: "eu-central-1", AccountID: "123456789012",
		Log: s.log, Reaper: s}
	for _, a := range adjust {
		a(&c)
	}
	host, err := NewHost(c)
	testkit.Must(t, err)
	s.Host = host
	t.Cleanup(func() {
		host.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.held) > 0 {
			t.Errorf("the reaper still holds %v", s.held)
		}
	})
	return s
}

func (s *stage) log(l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, l)
}

func (s *stage) Hold(pgid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[pgid] = true
	s.heldEver++
}

func (s *stage) Release(pgid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, pgid)
}

func (s *stage) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, l := range s.lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// invoke wants a result, whatever it says.
func (s *stage) invoke(event string) Result {
	s.t.Helper()
	r, err := s.Invoke(s.t.Context(), "f", []byte(event))
	if err != nil {
		s.t.Fatalf("invoke %.100s: %v", event, err)
	}
	return r
}

type echo struct {
	Text    string
	PID     int
	Handled int
}

// echo wants a proper answer and reads it.
func (s *stage) echo(event string) (e echo) {
	s.t.Helper()
	s.into(event, &e)
	return e
}

// into wants a proper answer and reads it into a value.
func (s *stage) into(event string, value any) (r Result) {
	s.t.Helper()
	if r = s.invoke(event); r.FunctionError != "" {
		s.t.Fatalf("invoke %.100s: %s", event, r.Payload)
	}
	testkit.Must(s.t, json.Unmarshal(r.Payload, value))
	return r
}

// fails wants an Unhandled error of that type whose message ends so, and a working function after it.
func (s *stage) fails(event, errorType, message string) Result {
	s.t.Helper()
	r := s.invoke(event)
	var e struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(r.Payload, &e); err != nil {
		s.t.Fatalf("payload %q: %v", r.Payload, err)
	}
	if r.FunctionError != "Unhandled" || e.ErrorType != errorType || !strings.HasSuffix(e.ErrorMessage, message) {
		s.t.Fatalf("invoke %s: FunctionError %q, payload %s", event, r.FunctionError, r.Payload)
	}
	return r
}

// begin has an invocation go on beside the test; what it came to is in the channel.
func (s *stage) begin(event string) <-chan Result {
	ended := make(chan Result, 1)
	go func() {
		r, err := s.Invoke(s.t.Context(), "f", []byte(event))
		if err != nil && !errors.Is(err, ErrClosed) {
			s.t.Errorf("invoke %s: %v", event, err)
		}
		ended <- r
	}()
	return ended
}

// meeting is the event of an invocation that ends when n have come to the file.
func meeting(file string, n int) string {
	return fmt.Sprintf(`{"do":"meet","text":%q,"size":%d}`, file, n)
}

// occupy begins an invocation that goes on until the test lets it end.
func (s *stage) occupy() (ended <-chan Result, end func()) {
	s.t.Helper()
	file := shared(s.t)
	ended = s.begin(meeting(file, 2))
	testkit.Eventually(s.t, "a process has the event", s.delivered)
	return ended, func() {
		f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		testkit.Must(s.t, err)
		_, err = f.WriteString(".")
		testkit.Must(s.t, errors.Join(err, f.Close()))
	}
}

// awaitReaped waits until the host has noticed that a process of its has ended.
func awaitReaped(t *testing.T, pid int) {
	t.Helper()
	testkit.Eventually(t, "the process is reaped", func() bool { return syscall.Kill(pid, 0) != nil })
}
