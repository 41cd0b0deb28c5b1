package engine

import (
	"errors"
	"strings"

	"drawbridge/shared/remedy"
)

// diagnose turns what the engine said before it gave up into an error that names the cure.
func diagnose(err error, complaint, address, dbPath string) error {
	cause := err
	if _, complaint, found := strings.Cut(complaint, "error: "); found {
		cause = errors.New(strings.TrimSuffix(strings.TrimSpace(complaint), "."))
	}
	switch {
	case strings.Contains(complaint, "in use"):
		return remedy.New(
			"another program has "+address+", the DynamoDB engine's address",
			"End that program, or choose another address.", cause,
		)
	case strings.Contains(complaint, "not a valid SQLite database"), strings.Contains(complaint, "malformed"):
		return remedy.New(
			"the data file "+dbPath+" is damaged", "Start over with --fresh, or put a sound copy in its place.", cause,
		)
	case strings.Contains(complaint, "unable to open"), strings.Contains(complaint, "readonly"), strings.Contains(
		complaint, "Permission denied",
	):
		return remedy.New(
			"the data file "+dbPath+" cannot be opened for writing",
			"Give yourself write access to it and its folder, or keep nothing (--memory).", cause,
		)
	case strings.Contains(complaint, "full"):
		return remedy.New("the disk of "+dbPath+" is full", "Free some space, or keep nothing (--memory).", cause)
	default:
		return remedy.New(
			"the DynamoDB engine did not start",
			"Run `dynoxide --version` of the binary by hand to see whether this machine can run it. "+elsewhere, cause,
		)
	}
}
