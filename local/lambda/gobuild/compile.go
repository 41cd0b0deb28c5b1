package gobuild

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// compile runs go build for the packages in the folders. On failure, output is what the compiler printed.
func (b *Builder) compile(ctx context.Context, folders ...string) (output string, err error) {
	arguments := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", b.store.staging()}
	for _, folder := range folders {
		arguments = append(arguments, "./"+folder)
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = b.root
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	printed, err := command.CombinedOutput()
	if err != nil && len(printed) == 0 {
		return err.Error(), err
	}
	return strings.TrimSpace(string(printed)), err
}
