package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"drawbridge/shared/remedy"
)

// packed is what `npm pack --json` says of a package it fetched.
type packed struct {
	Filename  string `json:"filename"`
	Integrity string `json:"integrity"`
}

// npmPack fetches a package's tarball into a folder. It installs nothing and runs no script of the package.
func npmPack(ctx context.Context, name, into string) (packed, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return packed{}, remedy.New(
			"npm is not on PATH, and the DynamoDB engine comes from npm", "Install Node.js 20.19 or later. "+elsewhere,
			nil,
		)
	}
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(
		ctx, npm, "pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", into, name,
	)
	command.Dir, command.Stdout, command.Stderr = into, &stdout, &stderr
	if err := command.Run(); err != nil {
		return packed{}, refusal(name, err, stderr.String())
	}
	var list []packed
	if err := json.Unmarshal(stdout.Bytes(), &list); err != nil || len(list) != 1 || list[0].Filename == "" {
		return packed{}, remedy.New(
			"npm pack answered something unexpected", "Update npm (`npm --version` should be 10 or later). "+elsewhere,
			err,
		)
	}
	// Scoped names have been written "@scope/name.tgz" by some npm versions; the file itself never is.
	list[0].Filename = filepath.Base(strings.ReplaceAll(strings.TrimPrefix(list[0].Filename, "@"), "/", "-"))
	return list[0], nil
}

// refusal turns npm's complaint into one the user can act on.
func refusal(name string, err error, complaint string) error {
	cause := errors.New(lastWords(complaint, err))
	switch {
	case strings.Contains(complaint, "E404"):
		return remedy.New(
			"the registry has no "+name,
			"There may be none for this machine, or your registry may be a mirror without it: "+
				"see `npm config get registry`. "+elsewhere,
			cause,
		)
	case strings.Contains(complaint, "EINTEGRITY"):
		return remedy.New(name+" arrived damaged", "Run `npm cache clean --force` and try again. "+elsewhere, cause)
	default:
		return remedy.New(
			"npm could not fetch "+name, "Check the connection and `npm ping`, then try again. "+elsewhere, cause,
		)
	}
}

// lastWords picks the line that says why, leaving out the paths of npm's log files.
func lastWords(complaint string, err error) string {
	for line := range strings.Lines(complaint) {
		line = strings.TrimSpace(line)
		if rest, found := strings.CutPrefix(line, "npm error "); found && rest != "" &&
			!strings.HasPrefix(rest, "code ") {
			return fmt.Sprintf("%s (%v)", rest, err)
		}
	}
	return err.Error()
}
