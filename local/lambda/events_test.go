package lambda

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drawbridge/shared/testkit"
)

// shared is an empty file that a function may write to, whatever user it runs as: the folders of testing are closed to
// others.
func shared(t *testing.T) string {
	t.Helper()
	file, err := os.CreateTemp("", "lambda-shared-")
	testkit.Must(t, err)
	t.Cleanup(func() { os.Remove(file.Name()) })
	testkit.Must(t, errors.Join(file.Chmod(0o666), file.Close()))
	return file.Name()
}

// send sends an event that fails some times. It returns the request ids of its tries so far when they are asked for.
func (s *stage) send(ctx context.Context, failures int) (requestID string, tries func() []string) {
	s.t.Helper()
	file := shared(s.t)
	id, err := s.Send(ctx, "f", fmt.Appendf(nil, `{"do":"fail n times","size":%d,"text":%q}`, failures, file))
	testkit.Must(s.t, err)
	return id, func() []string { return strings.Fields(testkit.Read(s.t, file)) }
}

// sent is send, and waits until there have been so many tries.
func (s *stage) sent(failures, tries int) (requestID string, seen []string) {
	s.t.Helper()
	id, tried := s.send(s.t.Context(), failures)
	testkit.Eventually(s.t, "it has been tried often enough", func() bool {
		seen = tried()
		return len(seen) >= tries
	})
	return id, seen
}

func quick(failures chan<- Failure) func(*Config) {
	return func(c *Config) { c.Retry, c.Failed = time.Millisecond, func(f Failure) { failures <- f } }
}

func TestAnEventWhoseFunctionFailsIsTriedAgainUnderTheSameRequestID(t *testing.T) {
	failures := make(chan Failure, 10)
	s := start(t, "trial", Function{}, quick(failures))
	id, seen := s.sent(2, 3)
	if !slices.Equal(seen, []string{id, id, id}) {
		t.Errorf("%s was tried as %v", id, seen)
	}
	for try := 1; try <= 2; try++ {
		f := <-failures
		if f.Try != try || f.Of != 3 || f.RequestID != id || f.Again != time.Duration(try)*time.Millisecond ||
			!strings.Contains(f.String(), "no such account") {
			t.Errorf("%+v", f)
		}
	}
}

func TestAnEventThatFailsThreeTimesIsGivenUp(t *testing.T) {
	failures := make(chan Failure, 10)
	s := start(t, "trial", Function{}, quick(failures))
	_, seen := s.sent(9, 3)
	<-failures
	<-failures
	if last := <-failures; last.Again != 0 || len(seen) != 3 {
		t.Errorf("%+v after %v", last, seen)
	}
}

func TestAFunctionMaySetHowOftenItsEventsAreTried(t *testing.T) {
	failures := make(chan Failure, 10)
	s := start(t, "trial", Function{Tries: 1}, quick(failures))
	s.sent(9, 1)
	if only := <-failures; only.Again != 0 || only.Of != 1 {
		t.Errorf("%+v", only)
	}
}

func TestAnEventOfAThrottledFunctionWaits(t *testing.T) {
	failures := make(chan Failure, 10)
	s := start(t, "trial", Function{Concurrency: 1}, quick(failures))
	busy, end := s.occupy()
	_, tries := s.send(t.Context(), 0)
	if f := <-failures; !errors.Is(f.Err, ErrThrottled) || f.Again != throttleWait || f.Try != 1 {
		t.Errorf("%+v", f)
	}
	end()
	<-busy
	testkit.Eventually(t, "it runs", func() bool { return len(tries()) == 1 })
}

// throttling throttles every invocation.
type throttling struct{}

func (throttling) Binary(context.Context, string) (Binary, error) { return Binary{}, ErrThrottled }

func TestAThrottledEventWaitsTwiceAsLongEachTimeAndIsGivenUpAfterSixHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		gone := make(chan struct{})
		failed := func(f Failure) {
			if waits = append(waits, f.Again); f.Again == 0 {
				close(gone)
			}
		}
		h, err := NewHost(Config{Functions: []Function{{Name: "f"}}, Binaries: throttling{}, Region: "r", Failed: failed})
		testkit.Must(t, err)
		defer h.Close()
		began := time.Now()
		_, err = h.Send(t.Context(), "f", []byte(`{}`))
		testkit.Must(t, err)
		<-gone
		if took := time.Since(began); took < longestQueue || took > longestQueue+longestWait {
			t.Errorf("it was given up after %v", took)
		}
		for i, wait := range waits[:len(waits)-1] {
			if want := min(time.Second<<min(i, 20), 5*time.Minute); wait != want {
				t.Errorf("wait %d was %v, want %v", i, wait, want)
			}
		}
	})
}

func TestWhatCanNeverRunIsRefusedAtOnce(t *testing.T) {
	s := start(t, "trial", Function{})
	send := func(function string, event []byte) error {
		_, err := s.Send(t.Context(), function, event)
		return err
	}
	invoke := func(function string) error {
		_, err := s.Invoke(t.Context(), function, []byte(`{}`))
		return err
	}
	testkit.WantError(t, send("g", []byte(`{}`)), ErrUnknownFunction)
	testkit.WantError(t, invoke("g"), ErrUnknownFunction)
	testkit.WantError(t, send("f", make([]byte, eventLimit+1)), ErrRequestTooLarge)
	s.Close()
	testkit.WantError(t, send("f", []byte(`{}`)), ErrClosed)
	testkit.WantError(t, invoke("f"), ErrClosed)
}

func TestAnEventRunsOnWhenItsSenderHasLeft(t *testing.T) {
	s := start(t, "trial", Function{})
	ctx, leave := context.WithCancel(t.Context())
	_, tries := s.send(ctx, 0)
	leave()
	testkit.Eventually(t, "it runs", func() bool { return len(tries()) == 1 })
}

// inFlight tells whether the function has an invocation in hand.
func (s *stage) inFlight() bool {
	f := s.functions["f"]
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inFlight > 0
}

// delivered tells whether a process of the function has an event in hand.
func (s *stage) delivered() bool {
	f := s.functions["f"]
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := range f.all {
		p.mu.Lock()
		busy := p.current != nil && p.current.answer == nil
		p.mu.Unlock()
		if busy {
			return true
		}
	}
	return false
}
