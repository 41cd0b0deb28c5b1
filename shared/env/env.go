// Package env reads a function's configuration from its environment: once, at start, strictly.
//
// A [Reader] hands out typed values and remembers every problem it meets, so that one failed start names all of
// them. Nothing here has a fallback: a variable is set and well formed, or the function does not start.
//
//	r := env.New(os.LookupEnv)
//	table := r.String("ACCOUNTS_TABLE")
//	maxAge := r.Seconds("STEP_UP_MAX_AGE")
//	env.ExitOn(r.Err())
//
// The variables of each function stand in template.yaml, which sets them, and nowhere else.
package env

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reader collects the problems of all the variables that were asked of it.
type Reader struct {
	lookup   func(string) (string, bool)
	problems []string
}

// New returns a Reader over lookup, which is os.LookupEnv everywhere but in tests.
func New(lookup func(name string) (value string, ok bool)) *Reader {
	return &Reader{lookup: lookup}
}

// String returns the value of a variable that must be set and not empty.
func (r *Reader) String(name string) string {
	value, ok := r.lookup(name)
	switch {
	case !ok:
		r.Refuse(name, "is not set")
	case value == "":
		r.Refuse(name, "is empty")
	case strings.TrimSpace(value) != value:
		r.Refuse(name, "has white space around it")
	}
	return value
}

// Optional returns the value of a variable that may be empty or missing.
func (r *Reader) Optional(name string) string {
	value, _ := r.lookup(name)
	if strings.TrimSpace(value) != value {
		r.Refuse(name, "has white space around it")
	}
	return value
}

// List returns the comma-separated items of a variable: at least one, none empty, none twice.
func (r *Reader) List(name string) []string {
	value := r.String(name)
	if value == "" {
		return nil
	}
	items := strings.Split(value, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
		if items[i] == "" {
			r.Refuse(name, "has an empty item: write a,b,c")
			return nil
		}
		if slices.Contains(items[:i], items[i]) {
			r.Refuse(name, "names an item twice")
			return nil
		}
	}
	return items
}

// Value is [Reader.String] read by parse. Its error completes the sentence "NAME is …" and shows nothing of the value.
func Value[T any](r *Reader, name string, parse func(string) (T, error)) (value T) {
	text := r.String(name)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		r.Refuse(name, "is "+err.Error())
	}
	return value
}

// Parsed is [Reader.List] with each item read by parse.
func Parsed[T any](r *Reader, name string, parse func(string) (T, error)) []T {
	var values []T
	for _, item := range r.List(name) {
		value, err := parse(item)
		if err != nil {
			r.Refuse(name, "has an item that is "+err.Error())
		}
		values = append(values, value)
	}
	return values
}

// OptionalList is [Reader.List] for a variable that may be empty or missing; then there is no item.
func (r *Reader) OptionalList(name string) []string {
	if r.Optional(name) == "" {
		return nil
	}
	return r.List(name)
}

// Seconds returns a duration written as a whole number of seconds, at least one and at most a day.
func (r *Reader) Seconds(name string) time.Duration {
	value := r.String(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n == 0 || n > 24*60*60 {
		r.Refuse(name, "must be a whole number of seconds, 1 to 86400")
		return 0
	}
	return time.Duration(n) * time.Second
}

// OptionalSeconds is [Reader.Seconds] for a variable that may be empty or missing; then it is zero.
func (r *Reader) OptionalSeconds(name string) time.Duration {
	if r.Optional(name) == "" {
		return 0
	}
	return r.Seconds(name)
}

// OneOf returns a value that must be one of choices.
func (r *Reader) OneOf(name string, choices ...string) string {
	value := r.String(name)
	if value != "" && !slices.Contains(choices, value) {
		r.Refuse(name, "must be one of "+strings.Join(choices, ", "))
	}
	return value
}

// Err returns nil, or one error that names every variable that was missing or malformed. It never shows a value:
// a secret set under the wrong name must not reach a log.
func (r *Reader) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return fmt.Errorf("configuration: %s", strings.Join(r.problems, "; "))
}

// Refuse adds a problem of a variable, for a package that knows more of its form. why must show nothing of the value.
func (r *Reader) Refuse(name, why string) {
	problem := name + " " + why
	if !slices.Contains(r.problems, problem) {
		r.problems = append(r.problems, problem)
	}
}

// ExitOn ends a function that cannot be configured, if any of errs is an error: standard error, which Lambda logs,
// shows each in a line of its own, and the status is 1.
func ExitOn(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
