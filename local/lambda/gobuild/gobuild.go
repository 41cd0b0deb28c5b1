// Package gobuild compiles the functions' folders, and again when their source has changed.
//
// [Builder.Binary] is asked before every invocation. It fingerprints the function's source: names, sizes and
// modification times of the files of its package, of every package of its module that it imports, directly or not, and
// of go.mod and go.sum. Only if that has changed does it run go build, which decides by content what there is to do;
// the version that it hands out is the hash of the binary, so an edit that leaves the binary the same replaces no
// process.
//
// go build writes into a staging folder, which it finds up to date at the next start. What is run is a copy named by
// its hash: it stays whole while the next one is linked, here or by another runner of the same checkout.
//
// The flags are those of the deployed binaries as far as they change what is compiled or how large it gets (-tags
// lambda.norpc -ldflags "-s -w"). The deployed ones also have -trimpath and no cgo; with either, the compiler would
// share nothing with `go run` and `go test`, and do all of its work twice. Version control is not stamped in: every
// commit would relink every function.
package gobuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/local/reaper"
)

// Config says what to build. All but Report and Reaper must be given.
type Config struct {
	Root     string            // the folder of the template
	Out      string            // where the binaries go, several runners' too; kept, it makes the next start quick
	Packages map[string]string // the folder of each function's main package, relative to Root
	Report   func(Event)       // told of each rebuild; may be nil
	Reaper   *reaper.Reaper    // runs go build; may be nil
}

// Event is a function built again. Err is nil or a [*lambda.BuildError].
type Event struct {
	Function string
	Took     time.Duration
	Err      error
}

// Builder implements [lambda.Binaries].
type Builder struct {
	store   *store
	targets map[string]*target
	report  func(Event)
	reaper  *reaper.Reaper
}

// target is one function's binary.
type target struct {
	function string
	name     string // of its folder, and of its binary
	module   *tree
	folder   string // relative to the module's root, with slashes

	mu          sync.Mutex
	checked     time.Time // when the fingerprint was last compared
	folders     []string  // what the fingerprint covers
	fingerprint string
	binary      lambda.Binary
	err         error
}

const (
	// settled is for how long a fingerprint is believed: long against a burst of requests, short against a hand on a
	// keyboard.
	settled = 100 * time.Millisecond
	// retry is after how long an unchanged source that did not build is tried again: the cause may be outside, as a full
	// disk is.
	retry = 2 * time.Second
)

// New checks the folders and builds nothing.
func New(c Config) (*Builder, error) {
	out, err := filepath.Abs(c.Out)
	if err != nil {
		return nil, err
	}
	b := &Builder{store: &store{folder: out}, targets: map[string]*target{}, report: c.Report, reaper: c.Reaper}
	if b.report == nil {
		b.report = func(Event) {}
	}
	var errs []error
	owner := map[string]string{}
	for function, folder := range c.Packages {
		t, err := newTarget(function, c.Root, folder)
		switch {
		case err != nil:
			errs = append(errs, err)
			continue
		case owner[t.name] != "": // go build names its binaries so
			errs = append(errs, fmt.Errorf("functions %s and %s: both folders are named %s",
				owner[t.name], function, t.name))
		}
		owner[t.name] = function
		b.targets[function] = t
	}
	return b, errors.Join(errs...)
}

func newTarget(function, root, folder string) (*target, error) {
	path, err := filepath.Abs(filepath.Join(root, folder))
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return nil, fmt.Errorf("function %s: there is no folder %s", function, folder)
	}
	module, err := openTree(path)
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", function, err)
	}
	inside, err := filepath.Rel(module.root, path)
	return &target{
		function: function, name: filepath.Base(path), module: module, folder: filepath.ToSlash(inside),
	}, err
}

// BuildAll builds the functions of each module in one run of go build. It returns the [*lambda.BuildError]s of those
// that fail, joined; the others can be invoked all the same.
func (b *Builder) BuildAll(ctx context.Context) error {
	together := map[string][]*target{} // by what go build can do at once
	for _, t := range b.targets {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.look()
		key := t.module.root
		if t.folder == "." {
			key += " alone" // go would name the binary after the module
		}
		together[key] = append(together[key], t)
	}
	done, err := b.store.open()
	if err != nil {
		return err
	}
	defer done()
	var errs []error
	for _, targets := range together {
		_, err := b.compile(ctx, targets...)
		for _, t := range targets {
			if err != nil { // whose fault it is, each shows by itself; what did compile is cached
				errs = append(errs, b.build(ctx, t))
			} else {
				errs = append(errs, b.take(t, nil))
			}
		}
	}
	return errors.Join(errs...)
}

// Binary returns the function's binary, built again first if its source has changed.
func (b *Builder) Binary(ctx context.Context, function string) (lambda.Binary, error) {
	t := b.targets[function]
	if t == nil {
		return lambda.Binary{}, fmt.Errorf("%w: %s", lambda.ErrUnknownFunction, function)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	age := time.Since(t.checked)
	if age < settled {
		return t.binary, t.err
	}
	if before := t.fingerprint; t.look() == before && (t.err == nil || age < retry) {
		return t.binary, t.err
	}
	start, known := time.Now(), t.binary.Version
	done, err := b.store.open()
	if err != nil {
		return lambda.Binary{}, err
	}
	defer done()
	err = b.build(ctx, t)
	if ctx.Err() == nil && (err != nil || t.binary.Version != known) {
		b.report(Event{Function: function, Took: time.Since(start), Err: err})
	}
	return t.binary, err
}

// build compiles one function. The caller holds its lock, and the store open.
func (b *Builder) build(ctx context.Context, t *target) error {
	output, err := b.compile(ctx, t)
	if err != nil {
		if ctx.Err() != nil {
			t.fingerprint = "" // cut short: it says nothing about the source
			return ctx.Err()
		}
		err = &lambda.BuildError{Function: t.function, Output: output}
	}
	return b.take(t, err)
}

// compile runs go build for packages of one module. On failure, output is what the compiler printed.
func (b *Builder) compile(ctx context.Context, targets ...*target) (output string, err error) {
	out := b.store.staging() // go names the binaries in it after the packages
	if len(targets) == 1 {
		out += targets[0].name
	}
	arguments := []string{"build", "-buildvcs=false", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", out}
	for _, t := range targets {
		arguments = append(arguments, "./"+t.folder)
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = targets[0].module.root
	command.Env = append(os.Environ(), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	output, err = b.reaper.Run(command)
	if err != nil && output == "" {
		output = err.Error()
	}
	return output, err
}

// take records how a build ended.
func (b *Builder) take(t *target, err error) error {
	if err == nil {
		t.binary, err = b.store.keep(t.name)
	}
	t.err = err
	return err
}

// look takes the fingerprint as it is now.
func (t *target) look() string {
	t.checked = time.Now()
	if t.folders != nil && t.module.fingerprint(t.folders) == t.fingerprint {
		return t.fingerprint
	}
	// What is imported can only have changed with a file that the old fingerprint covers.
	t.folders = t.module.imports(t.folder)
	t.fingerprint = t.module.fingerprint(t.folders)
	return t.fingerprint
}
