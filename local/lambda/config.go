package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Function describes one function: what its AWS::Serverless::Function says.
type Function struct {
	Name        string
	Handler     string            // _HANDLER; provided.al2023 expects "bootstrap"
	Timeout     time.Duration     // of one invocation, without the init; Lambda's default of 3 s if zero
	MemoryMB    int               // told to the function, not enforced; 128 if zero
	Concurrency int               // reserved concurrent executions; Config.Concurrency if zero
	Environment map[string]string // Environment.Variables; names that Lambda reserves are refused
}

// Binary is the program of a function as it stands now. Version changes with its content.
type Binary struct {
	Path    string
	Version string
}

// Binaries knows the program of each function. It is asked before every invocation, so that a change in the source is
// in the next answer; an error (a [*BuildError], as a rule) is returned to the invoker and leaves running processes be.
type Binaries interface {
	Binary(ctx context.Context, function string) (Binary, error)
}

// Keeper is told about every process group while it lives, so that it can end them if this process dies.
type Keeper interface {
	Hold(pgid int)
	Release(pgid int)
}

// Line is one line that a function wrote to stdout or stderr while it handled RequestID (or started for it).
type Line struct {
	Function  string
	RequestID string
	Text      string
}

// Config is what a [Host] needs. Functions, Binaries and Region must be given.
type Config struct {
	Functions []Function
	Binaries  Binaries
	Region    string
	AccountID string        // twelve digits, for ARNs; 123456789012 if empty
	Log       func(Line)    // called from several goroutines; may be nil
	Keeper    Keeper        // may be nil
	Init      time.Duration // limit of an init; Lambda's 10 s if zero
	Idle      time.Duration // an unused process is ended after it; 5 minutes if zero
	// Concurrency is the limit of a function that reserves none; 100 if zero, a tenth of an AWS account's default.
	Concurrency int
}

const (
	defaultTimeout = 3 * time.Second
	defaultMemory  = 128
	// requestLimit and responseLimit are Lambda's for synchronous invocations: 6 MB, and 100 bytes more for a response.
	requestLimit  = 6 << 20
	responseLimit = requestLimit + 100
)

// check fills in defaults and refuses what could not run.
func (c *Config) check() error {
	var errs []error
	if c.Binaries == nil {
		errs = append(errs, errors.New("no binaries"))
	}
	if c.Region == "" {
		errs = append(errs, errors.New("no region"))
	}
	if c.AccountID == "" {
		c.AccountID = "123456789012"
	}
	if c.Log == nil {
		c.Log = func(Line) {}
	}
	if c.Keeper == nil {
		c.Keeper = noKeeper{}
	}
	c.Init = cmp.Or(c.Init, 10*time.Second)
	c.Idle = cmp.Or(c.Idle, 5*time.Minute)
	c.Concurrency = cmp.Or(c.Concurrency, 100)
	for _, f := range c.Functions {
		if f.Name == "" {
			errs = append(errs, errors.New("a function without a name"))
		}
		for name := range f.Environment {
			if reserved[name] || strings.ContainsAny(name, "=\x00") {
				errs = append(errs, fmt.Errorf("function %s sets %s, which Lambda reserves", f.Name, name))
			}
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("lambda: %w", errors.Join(errs...))
	}
	return nil
}

type noKeeper struct{}

func (noKeeper) Hold(int)    {}
func (noKeeper) Release(int) {}
