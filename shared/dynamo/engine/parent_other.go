//go:build !linux

package engine

import (
	"os/exec"
	"syscall"
)

// dieWithParent has no equal outside Linux. Sharing the terminal's process group lets Ctrl-C reach the engine too.
func dieWithParent() *syscall.SysProcAttr { return nil }

func startBound(command *exec.Cmd, watch func()) error {
	err := command.Start()
	if err == nil {
		go watch()
	}
	return err
}
