package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"drawbridge/shared/remedy"
)

// Options say how an engine is to run. The zero value keeps everything in memory, at an address of its own.
type Options struct {
	Endpoint string    // the URL of an engine that already runs (AWS_ENDPOINT_URL_DYNAMODB): nothing is started
	Address  string    // "127.0.0.1:8000"; if empty, one that only this process knows ([privateAddress])
	DBPath   string    // the data file, its folder made if missing; empty keeps nothing
	Progress io.Writer // told in a line when something slow begins; may be nil
}

// Engine is a DynamoDB that answers at Endpoint until Stop.
type Engine struct {
	Endpoint string // "http://127.83.201.7:41235", or as given

	process *os.Process   // nil when nothing was started
	ended   chan struct{} // closed once the process is gone
	stop    sync.Once
}

const (
	readiness = 10 * time.Second // an engine that takes longer than this to listen is not coming up
	patience  = 3 * time.Second  // between asking an engine to end and killing it
	tries     = 5                // a free port may be taken by another process before the engine binds it
)

// Start returns once the engine answers. The context bounds the start alone: the engine runs until Stop, or until
// this process ends, however it ends (on Linux; elsewhere a killed process leaves its engine running).
func Start(ctx context.Context, options Options) (*Engine, error) {
	if options.Endpoint != "" {
		engine := &Engine{Endpoint: strings.TrimSuffix(options.Endpoint, "/")}
		if err := engine.answers(ctx); err != nil {
			return nil, remedy.New(
				"no DynamoDB answers at "+options.Endpoint,
				"Start it, or unset AWS_ENDPOINT_URL_DYNAMODB to have one started.", err,
			)
		}
		return engine, nil
	}
	binary, err := locate(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	if options.DBPath != "" {
		if err := os.MkdirAll(filepath.Dir(options.DBPath), 0o700); err != nil {
			return nil, remedy.New(
				"the data folder cannot be made", "Make its parent writable, or keep nothing (--memory).", err,
			)
		}
	}
	for attempt := 1; ; attempt++ {
		address := options.Address
		if address == "" {
			if address, err = privateAddress(options.Progress); err != nil {
				return nil, remedy.New(
					"this machine gives no free port on its loopback interface",
					"Close programs that hold many connections.", err,
				)
			}
		}
		engine, complaint, err := launch(ctx, binary, address, options.DBPath)
		if err == nil {
			return engine, nil
		}
		if options.Address == "" && attempt < tries && strings.Contains(complaint, "in use") {
			continue
		}
		return nil, diagnose(err, complaint, address, options.DBPath)
	}
}

// launch starts the binary and waits until it answers; complaint is what it wrote before it ended.
func launch(ctx context.Context, binary, address, dbPath string) (engine *Engine, complaint string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	arguments := []string{"--host", host, "--port", port}
	if dbPath != "" {
		arguments = append(arguments, "--db-path", dbPath)
	}
	command := exec.Command(binary, arguments...)
	command.Env = []string{} // it needs nothing of ours, and our environment may hold credentials
	command.SysProcAttr = dieWithParent()
	output := &output{announced: make(chan struct{})}
	command.Stdout, command.Stderr = output, output
	engine = &Engine{Endpoint: "http://" + address, ended: make(chan struct{})}
	if err := startBound(command, func() {
		_ = command.Wait() // why it ended stands in its output; Stop asks only whether it did
		close(engine.ended)
	}); err != nil {
		return nil, "", err
	}
	engine.process = command.Process
	// Its own word first: another process's engine may answer at this port while ours is about to give up.
	ctx, cancel := context.WithTimeout(ctx, readiness)
	defer cancel()
	select {
	case <-output.announced:
		err = engine.answers(ctx)
	case <-engine.ended:
		err = fmt.Errorf("it ended at once")
	case <-ctx.Done():
		err = fmt.Errorf("it did not listen within %s: %w", readiness, ctx.Err())
	}
	if err != nil {
		engine.Stop()
		return nil, output.String(), err
	}
	return engine, "", nil
}

// answers returns nil once the endpoint speaks HTTP, whatever it says.
func (e *Engine) answers(ctx context.Context) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Endpoint+"/", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		if e.process == nil {
			return err
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-e.ended:
			return fmt.Errorf("it ended while starting")
		case <-ctx.Done():
			return err
		}
	}
}

// Stop ends the engine and returns when its process is gone. It may be called more than once, and does nothing to an
// engine that Start did not start.
func (e *Engine) Stop() {
	if e.process == nil {
		return
	}
	e.stop.Do(func() {
		_ = e.process.Signal(os.Interrupt) // Dynoxide closes its database on SIGINT
		select {
		case <-e.ended:
		case <-time.After(patience):
			_ = e.process.Kill()
		}
	})
	<-e.ended
}

// PID is the engine's process, 0 if Start did not start it: a runner ends it where the kernel does not.
func (e *Engine) PID() int {
	if e.process == nil {
		return 0
	}
	return e.process.Pid
}

// Ended is closed when the engine's process is gone, asked or not; nil for an engine that Start did not start.
func (e *Engine) Ended() <-chan struct{} { return e.ended }
