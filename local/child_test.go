package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"drawbridge/local/reaper"
	"drawbridge/shared/testkit"
)

func TestMain(m *testing.M) {
	reaper.Main()
	os.Exit(m.Run())
}

func aReaper(t *testing.T) *reaper.Reaper {
	t.Helper()
	k, err := reaper.Start()
	testkit.Must(t, err)
	t.Cleanup(func() { k.Close() })
	return k
}

func TestAChildIsAskedToEndAndThenMade(t *testing.T) {
	for _, c := range []struct {
		name, script string
		patience     time.Duration
		end          string
	}{
		{"it does as it is asked", "echo up; exec sleep 300", time.Minute, "signal: terminated"},
		{"it does not", "trap '' TERM; echo up; while :; do sleep 1; done", 50 * time.Millisecond, "signal: killed"},
		{"its input ends", "trap '' TERM; echo up; read line; exit 3", time.Minute, "exit status 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			up := make(chan string, 1)
			child, err := startChild(aReaper(t), func(line string) { up <- line }, exec.Command("/bin/sh", "-c", c.script))
			testkit.Must(t, err)
			testkit.Equal(t, "up", <-up)
			child.stop(c.patience)
			testkit.Equal(t, c.end, child.command.ProcessState.String())
		})
	}
}

func TestAProgramThatFailsIsQuoted(t *testing.T) {
	err := finish(t.Context(), aReaper(t), ".", "/bin/sh", "-c", "echo the registry is out of reach >&2; exit 3")
	testkit.Refused(t, err, "exit status 3", "the registry is out of reach")
}

func TestAnInterruptedProgramIsKilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := finish(ctx, aReaper(t), ".", "/bin/sh", "-c", "trap '' TERM; exec sleep 300")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Minute {
		t.Fatalf("%v after %v", err, time.Since(start))
	}
}
