// Local runs the whole of Drawbridge on this machine: the stack of template.yaml with its real binaries, a DynamoDB,
// the Auth0 tenant and the web app.
//
//	go run ./local [--base-port 3000] [--data .drawbridge | --memory] [--fresh] [--only tenant,dynamodb,api,web]
//
// Every part listens on the loopback interface, and ends with this program. With --expose-phone-to-network the phone's
// page listens on the network too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"drawbridge/local/reaper"
)

func main() {
	reaper.Main()
	options, err := parseOptions(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		err = run(ctx, options)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "drawbridge: %v\n", err)
		os.Exit(1)
	}
}

// run starts everything, waits for the end, and leaves nothing behind.
func run(ctx context.Context, options options) error {
	runner := newRunner(options, newTerminal(os.Stdout))
	defer runner.Close()
	if err := runner.Start(ctx); err != nil {
		if ctx.Err() != nil { // Ctrl-C is no failure
			return nil
		}
		return err
	}
	return runner.Wait(ctx)
}
