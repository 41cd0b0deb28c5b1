package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

const (
	repository   = "../.." // the root, as seen from this package's folder
	startTimeout = 3 * time.Minute
	stopTimeout  = 10 * time.Second
)

var (
	runner string  // the runner's binary
	shared *system // the system that most tests walk through
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "drawbridge-e2e-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		runner = filepath.Join(folder, "runner")
		build := exec.Command("go", "build", "-o", runner, "./local")
		build.Dir = repository
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "the runner does not build: %v\n%s", err, out)
			return 1
		}
		shared, err = start(filepath.Join(folder, "data"), phoneFlags()...)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer shared.stop()
		code := m.Run()
		if violations := shared.terminal.lines("CONTRACT:"); len(violations) > 0 {
			fmt.Fprintf(os.Stderr, "answers that openapi.yaml does not describe:\n%s\n", strings.Join(violations, "\n"))
			return 1
		}
		return code
	}())
}

// system is a running Drawbridge.
type system struct {
	API, Tenant, Web string // origins
	ClientID         string // the web app's, at the tenant
	Audience         string
	data             string
	process          *exec.Cmd
	terminal         *terminal
	ended            chan struct{} // closed when the runner is gone
}

// start runs Drawbridge on free ports with its data in folder, and waits until it is ready.
func start(folder string, flags ...string) (*system, error) {
	for try := 1; ; try++ {
		base, err := freePorts()
		if err != nil {
			return nil, err
		}
		s := launch(base, append([]string{"--data", folder}, flags...)...)
		s.data = folder
		if err = s.waitUntilReady(); err == nil {
			return s, nil
		}
		s.stop()
		if try == 3 || !strings.Contains(err.Error(), "--base-port") { // else another program has taken a port meanwhile
			return nil, err
		}
	}
}

// startOne is start for a test that needs a system of its own.
func startOne(t *testing.T, flags ...string) *system {
	t.Helper()
	return startIn(t, t.TempDir(), flags...)
}

// startIn is startOne with its data in a folder that the test knows.
func startIn(t *testing.T, folder string, flags ...string) *system {
	t.Helper()
	s, err := start(folder, flags...)
	testkit.Must(t, err)
	t.Cleanup(s.stop)
	return s
}

// launchOne is launch for a test, on ports from base on.
func launchOne(t *testing.T, base int, flags ...string) *system {
	t.Helper()
	s := launch(base, flags...)
	t.Cleanup(s.stop)
	return s
}

// freeBase is freePorts for a test.
func freeBase(t *testing.T) int {
	t.Helper()
	base, err := freePorts()
	testkit.Must(t, err)
	return base
}

// launch starts the runner and does not wait.
func launch(base int, flags ...string) *system { return launchIn(nil, base, flags...) }

// launchIn is launch in an environment; in the tests' own if it is nil.
func launchIn(environment []string, base int, flags ...string) *system {
	s := &system{
		API:      fmt.Sprintf("http://localhost:%d", base),
		Tenant:   fmt.Sprintf("http://localhost:%d", base+1),
		Web:      fmt.Sprintf("http://localhost:%d", base+2),
		terminal: &terminal{},
		ended:    make(chan struct{}),
	}
	s.process = exec.Command(runner, append([]string{"--base-port", strconv.Itoa(base)}, flags...)...)
	s.process.Dir, s.process.Env = repository, environment
	s.process.Stdout, s.process.Stderr = s.terminal, s.terminal
	if err := s.process.Start(); err != nil {
		panic(err)
	}
	go func() {
		_ = s.process.Wait()
		close(s.ended)
	}()
	return s
}

func (s *system) waitUntilReady() error {
	if err := s.waitUntilUp(); err != nil {
		return err
	}
	return s.readConfiguration()
}

// waitUntilUp waits until the API serves.
func (s *system) waitUntilUp() error {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-s.ended:
			return fmt.Errorf("the runner ended before it was ready:\n%s", s.terminal)
		default:
		}
		response, err := http.Get(s.API + "/_drawbridge/ready")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("not ready after %v:\n%s", startTimeout, s.terminal)
}

// readConfiguration asks what the web app asks.
func (s *system) readConfiguration() error {
	response, err := http.Get(s.Web + "/config.json")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var configuration struct {
		Issuer   string `json:"issuer"`
		ClientID string `json:"client_id"`
		Audience string `json:"audience"`
		API      string `json:"api"`
	}
	if err := json.NewDecoder(response.Body).Decode(&configuration); err != nil {
		return fmt.Errorf("config.json: %w", err)
	}
	if configuration.Issuer != s.Tenant+"/" || configuration.API != s.API || configuration.ClientID == "" {
		return fmt.Errorf("config.json says %+v", configuration)
	}
	s.ClientID, s.Audience = configuration.ClientID, configuration.Audience
	return nil
}

// stop ends the runner as Ctrl-C does, and by force if it does not end.
func (s *system) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(stopTimeout):
		_ = s.process.Process.Kill()
		<-s.ended
	}
}

// signal sends the runner a signal and waits for its end.
func (s *system) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	testkit.Must(t, s.process.Process.Signal(signal))
	select {
	case <-s.ended:
	case <-time.After(stopTimeout):
		t.Fatalf("still running %v after %v", stopTimeout, signal)
	}
}

// tried counts the ports that freePorts has looked at: no two systems get the same.
var tried atomic.Int64

// freePorts returns the first of five free ports in a row.
func freePorts() (int, error) {
	for base := 0; base < 32000; {
		base = 21000 + os.Getpid()%300*20 + int(tried.Add(5))
		if portsFree(base) {
			return base, nil
		}
	}
	return 0, fmt.Errorf("no five free ports in a row below 32000")
}

func portsFree(base int) bool {
	for port := base; port < base+5; port++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port))
		if err != nil {
			return false
		}
		listener.Close()
	}
	return true
}

// terminal keeps what the runner prints.
type terminal struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(p)
}

// lines are those that hold text.
func (t *terminal) lines(text string) (found []string) {
	for line := range strings.Lines(t.String()) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.String()
}
