// Package reaper kills a program's children when the program dies, by whatever cause.
//
// A program that gets SIGKILL cannot end its children. The kernel of Linux can signal a child when its parent dies;
// that of macOS cannot, and a stopped child would not notice. So the program starts itself a second time as its reaper,
// with the read end of a pipe as standard input. Through the pipe the program says which process groups it has
// ("+4711") and which have ended ("-4711"). When the program dies, the kernel closes the write end. The reaper then
// kills the groups that are left, with SIGKILL, which stopped processes obey too, and ends. The reaper has a session of
// its own, so that Ctrl-C and a closed terminal do not reach it.
//
// One gap remains: a child whose start has not been announced when the program is killed, microseconds later. That
// child runs on, and finds its Runtime API or its standard input closed.
package reaper

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
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

// Reaper is the other end of the pipe. Its methods may be called from several goroutines. A nil one holds nothing.
type Reaper struct {
	mu      sync.Mutex
	pipe    io.WriteCloser
	process *os.Process
	ended   chan struct{}
}

// Start starts this program again as a reaper. [Main] must be the first thing that it does.
func Start() (*Reaper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(self, "reaper")
	command.Env, command.Dir = []string{role + "=1"}, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, inErr := command.StdinPipe()
	ready, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("failed to start the reaper: %w", err)
	}
	k := &Reaper{pipe: pipe, process: command.Process, ended: make(chan struct{})}
	_, _ = ready.Read(make([]byte, 1)) // returns when the reaper closes its end
	go func() {
		_ = command.Wait()
		close(k.ended)
	}()
	return k, nil
}

// Run runs a command to its end and returns what it printed. The command, which [exec.CommandContext] made, leads a
// process group. The group ends with the command, with its context and with this program.
func (k *Reaper) Run(command *exec.Cmd) (printed string, err error) {
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	kill := func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.Cancel, command.WaitDelay = kill, time.Second // a grandchild may hold the output open
	if err := command.Start(); err != nil {
		return "", err
	}
	k.Hold(command.Process.Pid)
	err = command.Wait()
	_ = kill()
	k.Release(command.Process.Pid)
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return strings.TrimSpace(out.String()), err
}

// Hold makes the reaper kill a process group, or a single process, when this program dies.
func (k *Reaper) Hold(id int) { k.say('+', id) }

// Release says that the group has ended: another process may soon get its number.
func (k *Reaper) Release(id int) { k.say('-', id) }

func (k *Reaper) say(sign rune, id int) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _ = fmt.Fprintf(k.pipe, "%c%d\n", sign, id) // without a reader, Ended tells
}

// Ended is closed when the reaper has ended. Unless Close was called, the children then have none.
func (k *Reaper) Ended() <-chan struct{} { return k.ended }

// Close kills the groups that are held, and returns when the reaper has ended.
func (k *Reaper) Close() error {
	k.mu.Lock()
	err := k.pipe.Close()
	k.mu.Unlock()
	<-k.ended
	return err
}

// Orphaned returns a channel that is closed when this program's parent has died. `go run` and `make` pass on no signal
// that is sent to them alone; without them, Ctrl-C reaches nothing.
func Orphaned(ctx context.Context) <-chan struct{} {
	parent, orphaned := os.Getppid(), make(chan struct{})
	go func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if os.Getppid() != parent {
					close(orphaned)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return orphaned
}
