package gobuild

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// compile runs go build for packages of one module. On failure, output is what the compiler printed.
func (b *Builder) compile(ctx context.Context, targets ...*target) (output string, err error) {
	out := b.store.staging() // go names the binaries in it after the packages
	if len(targets) == 1 {
		out += targets[0].name
	}
	arguments := []string{"build", "-buildvcs=false", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", out}
	for _, t := range targets {
		arguments = append(arguments, "./"+t.folder)
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = targets[0].module.root
	command.Env = append(os.Environ(), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	// The compilers that go build starts are in its group, and end with it.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	if err := command.Start(); err != nil {
		return err.Error(), err
	}
	if b.reaper != nil {
		b.reaper.Hold(command.Process.Pid)
		defer b.reaper.Release(command.Process.Pid)
	}
	err = command.Wait()
	if err != nil && printed.Len() == 0 {
		return err.Error(), err
	}
	return strings.TrimSpace(printed.String()), err
}
