//go:build !linux

package lambda

import "os/exec"

// run starts a function's process, as the user of this program.
func run(cmd *exec.Cmd) error { return cmd.Start() }
