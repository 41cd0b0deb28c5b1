// Package templatetest reads the project's own template.yaml, and the code of its functions, for tests.
package templatetest

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"drawbridge/local/template"
)

// Project returns what the template.yaml in the repository's root describes. Parameters without a default have values
// that meet their constraints; given goes before them. The file is read once a process for the same values, since that
// takes a tenth of a second under the race detector: no test may change the stack.
func Project(t testing.TB, root string, given map[string]string) *template.Stack {
	t.Helper()
	parameters := Parameters(given)
	loaded.Lock()
	defer loaded.Unlock()
	key := fmt.Sprint(root, parameters)
	if loaded.stacks[key] == nil {
		stack, err := template.Load(filepath.Join(root, "template.yaml"), parameters)
		if err != nil {
			t.Fatal(err)
		}
		loaded.stacks[key] = stack
	}
	return loaded.stacks[key]
}

// Parameters returns values that meet the template's constraints; given goes before them.
func Parameters(given map[string]string) map[string]string {
	parameters := map[string]string{
		"TokenIssuers": "http://localhost:3001/", "WebOrigin": "http://localhost:3002", "BridgeClientIds": "abc",
		"Release":         strings.Repeat("0", 40),
		"ApprovalBinding": "required", "ApprovalSecret": strings.Repeat("s", 43), "DpopSecret": strings.Repeat("d", 43),
	}
	maps.Copy(parameters, given)
	return parameters
}

var loaded = struct {
	sync.Mutex
	stacks map[string]*template.Stack
}{stacks: map[string]*template.Stack{}}
