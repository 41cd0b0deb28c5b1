// Trial is a function that does what its event says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Text string `json:"text"`
	MS   int    `json:"ms"`
	Size int    `json:"size"`
}

type refusal struct{}

func (*refusal) Error() string { return "no such account" }

var handled int // by this process

func main() { lambda.Start(handle) }

func handle(ctx context.Context, e event) (any, error) {
	handled++
	switch e.Do {
	case "echo":
		return map[string]any{"text": e.Text, "pid": os.Getpid(), "handled": handled}, nil
	case "fail":
		return nil, &refusal{}
	case "panic":
		panic(errors.New("out of cheese"))
	case "exit":
		os.Exit(e.Size)
	case "goexit":
		runtime.Goexit()
	case "sleep":
		time.Sleep(time.Duration(e.MS) * time.Millisecond)
		return map[string]any{"pid": os.Getpid(), "handled": handled}, nil
	case "meet": // returns when so many bytes are in the file, of which one is its own
		for appendByte(e.Text); ; time.Sleep(time.Millisecond) {
			if met, _ := os.ReadFile(e.Text); len(met) >= e.Size {
				return map[string]any{"pid": os.Getpid(), "handled": handled}, nil
			}
		}
	case "big":
		return strings.Repeat("x", e.Size), nil
	case "say":
		fmt.Println("out: " + e.Text)
		fmt.Fprintln(os.Stderr, "err: "+e.Text)
		fmt.Print("without a line break")
		return nil, nil
	case "shout":
		for i := range e.Size {
			fmt.Printf("%06d %s\n", i, e.Text)
		}
		return nil, nil
	case "write":
		return nil, os.WriteFile(e.Text, nil, 0o600)
	case "where":
		folder, err := os.Getwd()
		return map[string]any{"folder": folder, "user": os.Getuid()}, err
	case "fail n times": // the count outlives a process
		if file, err := os.OpenFile(e.Text, os.O_APPEND|os.O_WRONLY, 0); err == nil {
			lc, _ := lambdacontext.FromContext(ctx)
			fmt.Fprintln(file, lc.AwsRequestID)
			file.Close()
		}
		if lines, _ := os.ReadFile(e.Text); strings.Count(string(lines), "\n") <= e.Size {
			return nil, &refusal{}
		}
		return nil, nil
	case "tick":
		go func() {
			for range time.Tick(2 * time.Millisecond) {
				appendByte(e.Text)
			}
		}()
		return os.Getpid(), nil
	case "grandchild":
		c := exec.Command("/bin/sleep", "60")
		if err := c.Start(); err != nil {
			return nil, err
		}
		return c.Process.Pid, nil
	case "killed":
		return nil, syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "environment":
		return os.Environ(), nil
	case "context":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return map[string]any{
			"id": lc.AwsRequestID, "arn": lc.InvokedFunctionArn, "trace": os.Getenv("_X_AMZN_TRACE_ID"),
			"left": time.Until(deadline).Milliseconds(), "client": lc.ClientContext.Custom,
		}, nil
	}
	return nil, fmt.Errorf("do %q?", e.Do)
}

func appendByte(path string) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		f.Write([]byte("."))
		f.Close()
	}
}
