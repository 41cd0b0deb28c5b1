package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// Function describes one function: what its AWS::Serverless::Function says.
type Function struct {
	Name        string
	Timeout     time.Duration     // of one invocation, without the init
	MemoryMB    int               // told to the function, not enforced
	Concurrency int               // reserved concurrent executions; 100 if none are, a tenth of an AWS account's
	Tries       int               // of an event that fails, see [Host.Send]
	Environment map[string]string // Environment.Variables; names that Lambda reserves are refused
}

// Binary is the program of a function as it stands now. Version changes with its content.
type Binary struct {
	Path    string
	Version string
}

// Binaries knows the program of each function. It is asked before every invocation, so that a change in the source is
// in the next answer; an error (a [*BuildError], as a rule) is returned to the invoker and does not touch running
// processes.
type Binaries interface {
	Binary(ctx context.Context, function string) (Binary, error)
}

// Reaper is told about every process group while it lives, so that it can end them if this process dies.
type Reaper interface {
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
	AccountID string        // twelve digits, for ARNs
	Log       func(Line)    // called from several goroutines; may be nil
	Reaper    Reaper        // may be nil
	Failed    func(Failure) // told of each try of an event that failed; may be nil
	Init      time.Duration // limit of an init; Lambda's 10 s if zero
	Retry     time.Duration // until the second try of an event; a second if zero, where Lambda takes a minute
	Idle      time.Duration // an unused process is ended after it; 5 minutes if zero
}

const (
	unreserved = 100 // invocations at once of a function that reserves none
	// requestLimit and responseLimit are Lambda's for synchronous invocations: 6 MB, and 100 bytes more for a response.
	requestLimit  = 6 << 20
	responseLimit = requestLimit + 100
	eventLimit    = 1 << 20 // of an asynchronous one
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
	if c.Log == nil {
		c.Log = func(Line) {}
	}
	if c.Failed == nil {
		c.Failed = func(Failure) {}
	}
	if c.Reaper == nil {
		c.Reaper = noReaper{}
	}
	c.Init = cmp.Or(c.Init, 10*time.Second)
	c.Retry = cmp.Or(c.Retry, time.Second)
	c.Idle = cmp.Or(c.Idle, 5*time.Minute)
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

type noReaper struct{}

func (noReaper) Hold(int)    {}
func (noReaper) Release(int) {}

// reserved are the names that Lambda refuses in a function's configuration ("Defined runtime environment variables").
var reserved = map[string]bool{
	"_HANDLER": true, "_X_AMZN_TRACE_ID": true, "AWS_DEFAULT_REGION": true, "AWS_REGION": true,
	"AWS_EXECUTION_ENV": true, "AWS_LAMBDA_FUNCTION_NAME": true, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": true,
	"AWS_LAMBDA_FUNCTION_VERSION": true, "AWS_LAMBDA_INITIALIZATION_TYPE": true, "AWS_LAMBDA_LOG_GROUP_NAME": true,
	"AWS_LAMBDA_LOG_STREAM_NAME": true, "AWS_ACCESS_KEY": true, "AWS_ACCESS_KEY_ID": true,
	"AWS_SECRET_ACCESS_KEY": true, "AWS_SESSION_TOKEN": true, "AWS_LAMBDA_RUNTIME_API": true,
	"LAMBDA_TASK_ROOT": true, "LAMBDA_RUNTIME_DIR": true,
}

// environment is all that a process sees. Nothing of this process's own environment is passed on: a function that
// works here only because a variable stands in somebody's shell would fail on AWS.
func (f *function) environment(runtimeAPI, stream string) []string {
	region := f.host.Region
	vars := map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_REGION":                      region,
		"AWS_DEFAULT_REGION":              region,
		"AWS_ACCESS_KEY_ID":               "local",
		"AWS_SECRET_ACCESS_KEY":           "local",
		"AWS_SESSION_TOKEN":               "local",
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      stream,
		"_HANDLER":                        "bootstrap",
		"LAMBDA_TASK_ROOT":                "/var/task",
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":                 "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
		"AWS_XRAY_CONTEXT_MISSING":        "LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS":         "169.254.79.129:2000",
		"_AWS_XRAY_DAEMON_ADDRESS":        "169.254.79.129",
		"_AWS_XRAY_DAEMON_PORT":           "2000",
	}
	maps.Copy(vars, f.Environment)
	list := make([]string, 0, len(vars))
	for name, value := range vars {
		list = append(list, name+"="+value)
	}
	return list
}
