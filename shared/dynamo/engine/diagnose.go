package engine

import (
	"errors"
	"strings"
)

// diagnose turns what the engine said before it gave up into an error that names the cure.
func diagnose(err error, complaint, address, dbPath string) error {
	cause := err
	if _, complaint, found := strings.Cut(complaint, "error: "); found {
		cause = errors.New(strings.TrimSuffix(strings.TrimSpace(complaint), "."))
	}
	switch {
	case strings.Contains(complaint, "in use"):
		return &Error{Problem: "another program has " + address + ", the DynamoDB engine's address", Cure: "End that program, or choose another address.", Cause: cause}
	case strings.Contains(complaint, "not a valid SQLite database"), strings.Contains(complaint, "malformed"):
		return &Error{Problem: "the data file " + dbPath + " is damaged", Cure: "Start over with --fresh, or put a sound copy in its place.", Cause: cause}
	case strings.Contains(complaint, "unable to open"), strings.Contains(complaint, "readonly"), strings.Contains(complaint, "Permission denied"):
		return &Error{Problem: "the data file " + dbPath + " cannot be opened for writing", Cure: "Give yourself write access to it and its folder, or keep nothing (--memory).", Cause: cause}
	case strings.Contains(complaint, "full"):
		return &Error{Problem: "the disk of " + dbPath + " is full", Cure: "Free some space, or keep nothing (--memory).", Cause: cause}
	default:
		return &Error{Problem: "the DynamoDB engine did not start", Cure: "Run `dynoxide --version` of the binary by hand to see whether this machine can run it. " + elsewhere, Cause: cause}
	}
}
