package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"drawbridge/local/reaper"
)

func TestMain(m *testing.M) {
	reaper.Main()
	os.Exit(m.Run())
}

func aReaper(t *testing.T) *reaper.Reaper {
	t.Helper()
	k, err := reaper.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

func TestAChildIsAskedToEndAndThenMade(t *testing.T) {
	for script, within := range map[string]time.Duration{
		"echo up; exec sleep 30":                           time.Second,
		"trap '' TERM; echo up; while :; do sleep 1; done": 2 * time.Second,
	} {
		up := make(chan string, 1)
		c, err := startChild(aReaper(t), func(line string) { up <- line }, ".", "/bin/sh", "-c", script)
		if err != nil {
			t.Fatal(err)
		}
		if got := <-up; got != "up" {
			t.Fatalf("%q", got)
		}
		start := time.Now()
		c.stop(500 * time.Millisecond)
		if took := time.Since(start); took > within {
			t.Errorf("%s: it took %v", script, took)
		}
	}
}

func TestAChildSeesItsInputEnd(t *testing.T) {
	up := make(chan string, 1)
	c, err := startChild(
		aReaper(t), func(line string) { up <- line }, ".", "/bin/sh", "-c", "trap '' TERM; echo up; read line",
	)
	if err != nil {
		t.Fatal(err)
	}
	<-up
	c.stop(5 * time.Second)
	if !c.command.ProcessState.Exited() {
		t.Fatalf("it was killed: %v", c.command.ProcessState)
	}
}

func TestAProgramThatFailsIsQuoted(t *testing.T) {
	err := finish(t.Context(), aReaper(t), ".", "/bin/sh", "-c", "echo the registry is out of reach >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "exit status 3") ||
		!strings.Contains(err.Error(), "the registry is out of reach") {
		t.Fatal(err)
	}
}

func TestAnInterruptedProgramIsKilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := finish(
		ctx, aReaper(t), ".", "/bin/sh", "-c", "trap '' TERM; sleep 30",
	); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Fatalf("%v after %v", err, time.Since(start))
	}
}
