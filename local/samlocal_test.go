package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/shared/testkit"
)

// These tests hold what docs/SAM-LOCAL.md builds on to the template and to this runner.
// tablesVariable is not in the template: on AWS nothing may set it. `sam local` passes on what the template declares
// and drops the rest, so the guide has it declared in a copy.
const tablesVariable = "AWS_ENDPOINT_URL_DYNAMODB"

// samEnvironment is local/sam-local.env.json: variables by the function's logical id.
func samEnvironment(t *testing.T) (environment map[string]map[string]string) {
	t.Helper()
	testkit.Must(t, json.Unmarshal([]byte(testkit.Read(t, "sam-local.env.json")), &environment))
	return environment
}

// besideSAM reads a template as the runner does that the guide starts beside `sam local`.
func besideSAM(t *testing.T, file string) (o options, stack *template.Stack) {
	t.Helper()
	command := strings.Fields(strings.ReplaceAll(inTheGuide(t, "```sh\ngo run ./local "), "\\\n", " "))
	o = parsed(t, append(command, "--template", file)...)
	o.another = false // a copy of the template lies elsewhere
	stack, err := o.loadStack()
	testkit.Must(t, err)
	return o, stack
}

func TestTheEnvFileOfSAMLocalHasWhatTheTemplateLeavesOpenAndNoMore(t *testing.T) {
	o, stack := besideSAM(t, filepath.Join("..", "template.yaml"))
	open := []string{
		o.issuer(), o.webURL(), webClientID, o.parameters["ApprovalSecret"], o.parameters["DpopSecret"],
	}
	want := map[string]map[string]string{}
	for _, f := range stack.Functions {
		want[f.LogicalID] = map[string]string{tablesVariable: fmt.Sprintf("http://localhost:%d", o.tablesPort())}
		for name, value := range f.Environment {
			if slices.Contains(open, value) {
				want[f.LogicalID][name] = value
			}
		}
	}
	got := samEnvironment(t)
	for _, function := range slices.Sorted(maps.Keys(want)) {
		if !maps.Equal(got[function], want[function]) {
			t.Errorf("%s: %v, want %v", function, got[function], want[function])
		}
		delete(got, function)
	}
	for function := range got {
		t.Errorf("there is no function %s", function)
	}
}

// A Ref to a table is its logical id under `sam local`, and so the functions must find the tables under that name.
func TestTablesHaveTheNamesThatSAMLocalGivesThem(t *testing.T) {
	_, stack := besideSAM(t, filepath.Join("..", "template.yaml"))
	if len(stack.Tables) == 0 {
		t.Error("the template has no tables")
	}
	for _, table := range stack.Tables {
		if table.Name != table.LogicalID {
			t.Errorf("%s is named %s", table.LogicalID, table.Name)
		}
	}
}

func TestTheGuidesCopyOfTheTemplateDeclaresTheTablesForTheProcessorAtHand(t *testing.T) {
	for machine, processor := range map[string]string{"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"} {
		t.Run(machine, func(t *testing.T) {
			original, copied := copyByTheGuide(t, machine)
			_, stack := besideSAM(t, copied)
			for _, f := range stack.Functions {
				if value, declared := f.Environment[tablesVariable]; !declared || value != "" {
					t.Errorf("%s: declared %v, %q", f.LogicalID, declared, value)
				}
			}
			content := testkit.Read(t, copied)
			if n := strings.Count(content, "Architectures: ["+processor+"]"); n != 1 {
				t.Errorf("%d times for %s", n, processor)
			}
			if before, after := strings.Count(original, "\n"), strings.Count(content, "\n"); after != before+1 {
				t.Errorf("%d lines became %d", before, after)
			}
		})
	}
}

// copyByTheGuide gives the guide's own command, on a machine with this processor.
func copyByTheGuide(t *testing.T, machine string) (original, copied string) {
	t.Helper()
	command := inTheGuide(t, "```sh\nmkdir -p .drawbridge\n")
	if !strings.Contains(command, "uname -m") {
		t.Fatal("the guide has no block that makes the copy")
	}
	folder := t.TempDir()
	original = testkit.Read(t, "..", "template.yaml")
	testkit.Write(t, filepath.Join(folder, "template.yaml"), original)
	testkit.Must(t, os.Mkdir(filepath.Join(folder, ".drawbridge"), 0o700))
	shell := exec.Command("sh", "-ec", strings.ReplaceAll(command, "uname -m", "echo "+machine))
	shell.Dir = folder
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return original, filepath.Join(folder, ".drawbridge", "sam-local.yaml")
}

// inTheGuide returns what stands between text and the end of its block.
func inTheGuide(t *testing.T, text string) string {
	t.Helper()
	_, rest, begun := strings.Cut(testkit.Read(t, "..", "docs", "SAM-LOCAL.md"), text)
	block, _, ended := strings.Cut(rest, "```")
	if !begun || !ended {
		t.Fatalf("the guide has no block that begins with %q", text)
	}
	return block
}
