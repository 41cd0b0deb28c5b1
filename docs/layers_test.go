package docs_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// What is deployed, and what is shared with it, stands alone: local/ builds on them and they never on local/.
func TestNothingDeployedImportsTheLocalStack(t *testing.T) {
	checked := 0
	walk(t, ".go", func(name, content string) {
		shared := strings.HasPrefix(name, "shared/")
		deployed := strings.HasPrefix(name, "functions/") || strings.HasPrefix(name, "authorizer/")
		if !shared && !(deployed && !strings.HasSuffix(name, "_test.go")) {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		for _, imported := range file.Imports {
			path := strings.Trim(imported.Path.Value, `"`)
			if strings.HasPrefix(path, "drawbridge/local/") {
				t.Errorf("%s imports %s", name, path)
			}
			if deployed && path == "drawbridge/shared/dynamo/engine" {
				t.Errorf("%s is deployed and imports the engine of this machine", name)
			}
		}
	})
	if checked < 100 {
		t.Errorf("only %d files were found", checked)
	}
}
