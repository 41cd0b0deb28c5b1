package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"drawbridge/local/reaper"
)

// child is a program that runs until it is stopped. It leads a process group of its own, which the reaper holds, and
// its standard input stays open as long as this program lives.
type child struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	ended   chan struct{} // closed when the program has ended
}

// startChild starts a program. It calls line with each line of the output, from one goroutine at a time.
func startChild(k *reaper.Reaper, line func(string), command *exec.Cmd) (*child, error) {
	c := &child{command: command, ended: make(chan struct{})}
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	c.command.Stdout, c.command.Stderr = w, w
	if c.stdin, err = c.command.StdinPipe(); err != nil {
		r.Close()
		return nil, err
	}
	if err := c.command.Start(); err != nil {
		r.Close()
		return nil, err
	}
	k.Hold(c.command.Process.Pid)
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer r.Close()
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line(lines.Text())
		}
		_, _ = io.Copy(io.Discard, r) // after a line that is too long, so that the child can go on writing
	}()
	go func() {
		_ = c.command.Wait()
		c.signal(syscall.SIGKILL) // what it started itself
		k.Release(c.command.Process.Pid)
		<-read
		close(c.ended)
	}()
	return c, nil
}

func (c *child) signal(s syscall.Signal) { _ = syscall.Kill(-c.command.Process.Pid, s) }

// stop asks the program to end, and kills it when patience is over.
func (c *child) stop(patience time.Duration) {
	c.signal(syscall.SIGTERM)
	c.stdin.Close()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.signal(syscall.SIGKILL)
		<-c.ended
	}
}

// finish runs a program to its end. If it fails, the error has the last lines that it printed.
func finish(ctx context.Context, k *reaper.Reaper, folder, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = folder
	printed, err := k.Run(command)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	lines := strings.Split(printed, "\n")
	return fmt.Errorf("%w\n%s", err, strings.Join(lines[max(0, len(lines)-30):], "\n"))
}
