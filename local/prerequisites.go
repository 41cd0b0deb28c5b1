package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"golang.org/x/mod/semver"

	"drawbridge/shared/remedy"
)

const (
	oldestNode = "v20.19.0"
	oldestGo   = "v1.26.0"
)

// checkTools refuses a start whose parts need a program that is missing or too old.
func checkTools(ctx context.Context, o options) error {
	if o.another && (o.parts[tenantPart] || o.parts[webPart]) {
		return remedy.New(
			"beside "+o.template+" there is no tenant and no web app",
			"Start the parts that there are: --only dynamodb,api.", nil,
		)
	}
	if o.parts[tenantPart] || o.parts[webPart] {
		version, err := output(ctx, o.root(), "node", "--version")
		if err != nil {
			return remedy.New(
				"Node is missing", "Install Node 20.19 or later (https://nodejs.org), which brings npm.", err,
			)
		}
		if semver.Compare(version, oldestNode) < 0 {
			return remedy.New(
				"Node "+version[1:]+" is too old", "Install Node 20.19 or later (https://nodejs.org).", nil,
			)
		}
		if _, err := exec.LookPath("npm"); err != nil {
			return remedy.New("npm is missing", "Install it; it comes with Node (https://nodejs.org).", err)
		}
	}
	if o.parts[apiPart] || o.parts[tablesPart] { // a function fills the tables
		version, err := output(ctx, o.root(), "go", "env", "GOVERSION")
		if err != nil {
			return remedy.New("Go is missing", "Install Go 1.26 or later (https://go.dev/dl), and put it on PATH.", err)
		}
		// "go1.26.1", or "go1.26.1 X:experiment"
		version = "v" + strings.TrimPrefix(strings.Fields(version + " ")[0], "go")
		if semver.IsValid(version) && semver.Compare(version, oldestGo) < 0 {
			return remedy.New("Go "+version[1:]+" is too old", "Install Go 1.26 or later (https://go.dev/dl).", nil)
		}
	}
	return nil
}

// output runs a program that answers at once.
func output(ctx context.Context, folder, name string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = folder
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(arguments, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
