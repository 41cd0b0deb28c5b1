// Package reaper lets no child outlive the program that started it, however that program ends.
//
// A program that is killed with SIGKILL cannot end its children; nor does the kernel, everywhere: Linux can tell a
// child that its parent died, macOS cannot, and a stopped child notices nothing at all. So the program starts itself a
// second time as its reaper, with the read end of a pipe as standard input. Through the pipe it says which process
// groups it has ("+4711") and which have ended ("-4711"). When it dies, by whatever cause, the kernel closes the write
// end; the reaper reads the end of its input, kills what is left with SIGKILL, which a stopped process cannot refuse
// either, and ends. It is in a session of its own, so that Ctrl-C and a closed terminal do not reach it.
//
// One gap remains: a child that has been started, but not yet been announced when the program is killed, microseconds
// later. It runs unfrozen then, and finds its Runtime API or its standard input closed.
package reaper

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// role marks, in the environment, the process that is to be a reaper.
const role = "DRAWBRIDGE_REAPER"

// Main must be called first in main (and in TestMain): in the process that is the reaper it does not return.
func Main() {
	if os.Getenv(role) == "" {
		return
	}
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	os.Stdout.Close() // from now on it cannot be interrupted
	kill(held(os.Stdin))
	os.Exit(0)
}

// held follows what the reaper is told until the input ends, and returns the groups that are left.
func held(input io.Reader) map[int]bool {
	held := map[int]bool{}
	for lines := bufio.NewScanner(input); lines.Scan(); {
		var sign rune
		var id int
		if _, err := fmt.Sscanf(lines.Text(), "%c%d", &sign, &id); err != nil || id <= 1 {
			continue // kill(-1) would be everybody
		}
		if sign == '+' {
			held[id] = true
		} else {
			delete(held, id)
		}
	}
	return held
}

func kill(groups map[int]bool) {
	for id := range groups {
		// A process that leads no group is held by its own id.
		if syscall.Kill(-id, syscall.SIGKILL) != nil {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	}
}

// Reaper is the other end of the pipe. Its methods may be called from several goroutines.
type Reaper struct {
	mu      sync.Mutex
	pipe    *os.File
	process *os.Process
	ended   chan struct{}
}

// Start starts this program again as a reaper. [Main] must be the first thing that it does.
func Start() (*Reaper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	ready, readyEnd, err := os.Pipe()
	if err != nil {
		w.Close()
		return nil, err
	}
	defer ready.Close()
	command := &exec.Cmd{
		Path: self, Args: []string{self, "reaper"}, Env: []string{role + "=1"}, Dir: "/", Stdin: r, Stdout: readyEnd,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	err = command.Start()
	readyEnd.Close()
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("failed to start the reaper: %w", err)
	}
	k := &Reaper{pipe: w, process: command.Process, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(k.ended)
	}()
	_, _ = ready.Read(make([]byte, 1)) // returns when the reaper closes its end
	return k, nil
}

// Hold has a process group, or a single process, killed when this program dies.
func (k *Reaper) Hold(id int) { k.say('+', id) }

// Release says that it has ended: its number may soon be somebody else's.
func (k *Reaper) Release(id int) { k.say('-', id) }

func (k *Reaper) say(sign rune, id int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _ = fmt.Fprintf(k.pipe, "%c%d\n", sign, id) // without a reader, Ended tells
}

// Ended is closed when the reaper is gone. Unless Close was called, nobody keeps the children then.
func (k *Reaper) Ended() <-chan struct{} { return k.ended }

// Close kills what is still held, and returns when the reaper is gone.
func (k *Reaper) Close() error {
	k.mu.Lock()
	err := k.pipe.Close()
	k.mu.Unlock()
	<-k.ended
	return err
}
