// Package templatetest loads the project's own template.yaml for tests.
package templatetest

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/local/template"
)

// Project returns what the template.yaml in the repository's root describes. Parameters without a default have values
// that meet their constraints; given goes before them.
func Project(t testing.TB, root string, given map[string]string) *template.Stack {
	t.Helper()
	parameters := map[string]string{
		"TokenIssuer": "http://localhost:3001/", "WebOrigin": "http://localhost:3002", "BridgeClientIds": "abc",
		"Release":         strings.Repeat("0", 40),
		"ApprovalBinding": "required", "ApprovalSecret": strings.Repeat("s", 43),
	}
	maps.Copy(parameters, given)
	stack, err := template.Load(filepath.Join(root, "template.yaml"), parameters)
	if err != nil {
		t.Fatal(err)
	}
	return stack
}
