// Package remedy is for failures that the person at the terminal can mend: a port that is taken, a program that is
// missing, a data file that is damaged.
package remedy

import "strings"

// Error says what went wrong and what to do about it.
type Error struct {
	Problem string // one clause, no full stop
	Cure    string // one sentence or more, imperative
	Cause   error  // may be nil
}

// New returns an [*Error].
func New(problem, cure string, cause error) error {
	return &Error{Problem: problem, Cure: cure, Cause: cause}
}

func (e *Error) Error() string {
	text := e.Problem
	if e.Cause != nil {
		text += ": " + strings.TrimSuffix(e.Cause.Error(), ".")
	}
	return text + ".\n" + e.Cure
}

func (e *Error) Unwrap() error { return e.Cause }
