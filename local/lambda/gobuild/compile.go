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

// compile runs go build for the packages in the folders. On failure, output is what the compiler printed.
func (b *Builder) compile(ctx context.Context, folders ...string) (output string, err error) {
	arguments := []string{"build", "-buildvcs=false", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o",
		b.store.staging()}
	for _, folder := range folders {
		arguments = append(arguments, "./"+folder)
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = b.root
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
