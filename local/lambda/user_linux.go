package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const nobody = 65534

// run starts a function's process. On AWS no function runs as root. If this program is root's, the function runs as the
// user nobody, who can write to no file of root's. That user cannot enter the folder of the binary, so the binary is
// executed by its file descriptor.
func run(cmd *exec.Cmd) error {
	if os.Geteuid() != 0 {
		return cmd.Start()
	}
	binary, err := os.Open(cmd.Path)
	if err != nil {
		return err
	}
	defer binary.Close()
	cmd.ExtraFiles = []*os.File{binary}
	cmd.Path = fmt.Sprintf("/proc/self/fd/%d", 2+len(cmd.ExtraFiles))
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	return cmd.Start()
}
