package main

import (
	"context"
	"os/exec"
	"strings"

	"golang.org/x/mod/semver"

	"drawbridge/shared/remedy"
)

// checkTools refuses a start whose parts need a program that is missing or too old.
func checkTools(ctx context.Context, o options) error {
	if o.parts[tenantPart] || o.parts[webPart] {
		if o.another {
			return remedy.New(
				"beside "+o.template+" there is no tenant and no web app",
				"Start the parts that there are: --only dynamodb,api.", nil,
			)
		}
		const cure = "Install Node 20.19 or later (https://nodejs.org), which brings npm."
		if err := checkVersion(ctx, o, "Node", "v20.19.0", cure, "node", "--version"); err != nil {
			return err
		}
		if _, err := exec.LookPath("npm"); err != nil {
			return remedy.New("npm is missing", cure, err)
		}
	}
	if o.parts[apiPart] || o.parts[tablesPart] { // a function fills the tables
		const cure = "Install Go 1.26 or later (https://go.dev/dl), and put it on PATH."
		return checkVersion(ctx, o, "Go", "v1.26.0", cure, "go", "env", "GOVERSION")
	}
	return nil
}

// checkVersion asks a program for its version: "v20.19.0", "go1.26.1" or "go1.26.1 X:experiment". A Go that was built
// from its source names none, and passes.
func checkVersion(ctx context.Context, o options, what, oldest, cure, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = o.root()
	out, err := command.Output()
	if err != nil {
		return remedy.New(what+" is missing", cure, err)
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	version = "v" + strings.TrimLeft(version, "vgo")
	if semver.IsValid(version) && semver.Compare(version, oldest) < 0 {
		return remedy.New(what+" "+version[1:]+" is too old", cure, nil)
	}
	return nil
}
