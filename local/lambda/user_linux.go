package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const nobody = 65534

// run starts a function's process. On AWS a function is never root's; here, if this program is, the function is
// nobody's, who may write to no file of root's. Nobody may not enter the folder of the binary either, which is
// therefore executed by way of a descriptor.
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
