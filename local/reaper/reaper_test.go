package reaper

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"drawbridge/shared/testkit"
)

// The test binary is started again in these roles.
const stage = "REAPER_TEST"

func TestMain(m *testing.M) {
	Main()
	switch os.Getenv(stage) {
	case "":
		os.Exit(m.Run())
	case "runner":
		runner()
	case "launcher":
		launcher()
	case "orphan":
		orphaned := Orphaned(context.Background())
		fmt.Println(os.Getpid())
		<-orphaned
	}
}

// runner holds a child that runs and one that is stopped, and has released another. It prints their ids and waits.
func runner() {
	k, err := Start()
	if err != nil {
		panic(err)
	}
	for _, kind := range []string{"running", "stopped", "released", "without a group"} {
		c := exec.Command("/bin/sh", "-c", "trap '' INT TERM HUP; exec sleep 30")
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: kind != "without a group"}
		if err := c.Start(); err != nil {
			panic(err)
		}
		id := c.Process.Pid
		k.Hold(id)
		switch kind {
		case "stopped":
			syscall.Kill(-id, syscall.SIGSTOP)
		case "released":
			k.Release(id)
		}
		fmt.Println(id)
	}
	signal.Ignore(syscall.SIGINT)
	select {}
}

// launcher starts the orphan and dies, as a killed `go run` does.
func launcher() {
	c := again("orphan")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		panic(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n') // the orphan knows its parent now
	fmt.Print(line)
}

func again(role string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = []string{stage + "=" + role}
	return c
}

// begin starts the test binary in a role and reads n process ids from it.
func begin(t *testing.T, role string, n int) (*exec.Cmd, []int) {
	t.Helper()
	c := again(role)
	out, err := c.StdoutPipe()
	testkit.Must(t, err)
	testkit.Must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	ids := make([]int, n)
	lines := bufio.NewReader(out)
	for i := range ids {
		if _, err := fmt.Fscanln(lines, &ids[i]); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Kill(-ids[i], syscall.SIGKILL) })
	}
	return c, ids
}

func TestChildrenDieWithAKilledRunner(t *testing.T) {
	c, ids := begin(t, "runner", 4)
	for _, id := range ids {
		if !running(id) {
			t.Fatalf("process %d does not run", id)
		}
	}
	c.Process.Kill()
	for i, kind := range []string{"running", "stopped", "", "without a group"} {
		if kind != "" {
			testkit.Eventually(t, "the child that was "+kind+" is gone", func() bool { return !running(ids[i]) })
		}
	}
	if !running(ids[2]) {
		t.Error("a process that had been released was killed")
	}
}

func TestAnInterruptOfTheTerminalDoesNotReachTheReaper(t *testing.T) {
	k, err := Start()
	testkit.Must(t, err)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		k.process.Signal(s)
	}
	killsOnClose(t, k)
}

func killsOnClose(t *testing.T, k *Reaper) {
	t.Helper()
	c := exec.Command("/bin/sleep", "30")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	testkit.Must(t, c.Start())
	k.Hold(c.Process.Pid)
	k.Close()
	if err := c.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("it ended with %v", err)
	}
}

func TestCloseKillsWhatIsStillHeld(t *testing.T) {
	k, err := Start()
	testkit.Must(t, err)
	killsOnClose(t, k)
}

func TestNonsenseIsHeldByNobody(t *testing.T) {
	got := held(strings.NewReader("+1\n+0\n+-1\nhello\n\n+4711\n+4712\n-4711\n"))
	if want := map[int]bool{4712: true}; !maps.Equal(got, want) { // kill(-1) would be everybody
		t.Errorf("%v", got)
	}
}

func TestAProgramLearnsThatItsParentDied(t *testing.T) {
	_, ids := begin(t, "launcher", 1)
	testkit.Eventually(t, "the orphan has ended", func() bool { return !running(ids[0]) })
}

func running(pid int) bool { return testkit.ProcessState(pid) != "" }
