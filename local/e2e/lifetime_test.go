package e2e

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

func TestNothingIsLeftOfARunnerThatEnds(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]syscall.Signal{
		"by Ctrl-C": syscall.SIGINT, "by SIGTERM": syscall.SIGTERM, "by a crash": syscall.SIGKILL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startOne(t)
			s.balances(t, s.directLogin(t, alice)) // so that functions are running, and frozen
			base := s.basePort(t)
			family := descendants(t, s.process.Process.Pid)
			if len(family) < 3 {
				t.Fatalf("only %d children: is this the whole system?", len(family))
			}

			s.signal(t, how)
			for _, pid := range family {
				testkit.Eventually(t, "process "+strconv.Itoa(pid)+" ends with the runner", func() bool {
					return testkit.ProcessState(pid) == ""
				})
			}
			if !portsFree(base) {
				t.Errorf("a port from %d on is still taken", base)
			}
		})
	}
}

func TestMoneyAndLoginsSurviveARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	before := startIn(t, folder)
	stepUp := before.stepUp(t, alice)
	wantStatus(t, before.transfer(t, stepUp, random(), payment{alice.account, bob.account, "12.00", "EUR"}), 201)
	code := before.directLogin(t, alice)
	want := before.balances(t, code)
	before.stop()

	after := startIn(t, folder)
	if got := after.balances(t, code)[alice.account]; got != want[alice.account] {
		t.Errorf("alice has %s after a restart, had %s", got, want[alice.account])
	}
	after.stop()

	fresh := startIn(t, folder, "--fresh")
	if got := fresh.balances(t, fresh.directLogin(t, alice))[alice.account]; got != "2500.00" {
		t.Errorf("alice starts over with %s", got)
	}
}

func TestInMemoryNothingIsWritten(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	s := startIn(t, folder, "--memory")
	s.directLogin(t, alice)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the data folder is there: %v", err)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	t.Parallel()
	base := freeBase(t)
	listener, err := net.Listen("tcp", "localhost:"+strconv.Itoa(base+1))
	testkit.Must(t, err)
	defer listener.Close()
	wantFailure(t, launchOne(t, base, "--memory"), strconv.Itoa(base+1), "--base-port")
}

func TestADataFolderIsUsedByOneRunnerAtATime(t *testing.T) {
	t.Parallel()
	wantFailure(t, launchOne(t, freeBase(t), "--data", shared.data), shared.data, "--data")
}

// wantFailure waits for the runner to give up, and checks that it says why.
func wantFailure(t *testing.T, s *system, words ...string) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		t.Fatalf("still running:\n%s", s.terminal)
	}
	if code := s.process.ProcessState.ExitCode(); code == 0 {
		t.Error("exit status 0")
	}
	for _, word := range words {
		if !strings.Contains(s.terminal.String(), word) {
			t.Errorf("does not say %q:\n%s", word, s.terminal)
		}
	}
}

func (s *system) basePort(t *testing.T) int {
	t.Helper()
	api, err := url.Parse(s.API)
	testkit.Must(t, err)
	port, err := strconv.Atoi(api.Port())
	testkit.Must(t, err)
	return port
}

// descendants returns the process ids of pid's children, their children, and so on, by ps, which Linux and macOS
// both have.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	testkit.Must(t, err)
	children := make(map[int][]int)
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		child, _ := strconv.Atoi(fields[0])
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], child)
	}
	var all []int
	for next := children[pid]; len(next) > 0; next = next[1:] {
		all = append(all, next[0])
		next = append(next, children[next[0]]...)
	}
	return all
}

func commandLine(pid int) string {
	out, _ := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return strings.TrimSpace(string(out))
}
