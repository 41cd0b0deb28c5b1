package testkit

import (
	"os/exec"
	"strconv"
	"strings"
)

// ProcessState is what ps says of a process first: T if it is stopped; empty if it is gone or a zombie that nobody has
// reaped.
func ProcessState(pid int) string {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	if err != nil || strings.HasPrefix(strings.TrimSpace(string(state)), "Z") {
		return ""
	}
	return strings.TrimSpace(string(state))
}
