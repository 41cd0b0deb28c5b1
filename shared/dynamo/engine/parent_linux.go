package engine

import (
	"os/exec"
	"runtime"
	"syscall"
)

// dieWithParent has the kernel end the engine when this process does, also by SIGKILL. A process group of its own
// keeps a terminal's Ctrl-C from reaching it before the parts that still write to it have ended.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// startBound starts the command and runs watch, which ends when the command has, on one thread kept for them: to the
// kernel the parent is the thread that forked, and the Go runtime may end an idle one (https://go.dev/issue/27505).
func startBound(command *exec.Cmd, watch func()) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			watch()
		}
	}()
	return <-started
}
