package dynamotest

import (
	"os"
	"path/filepath"
	"testing"

	"drawbridge/local/template"
)

// stack returns the tables of template.yaml, which lies beside go.mod, some folders above the package under test.
func stack(t testing.TB) []template.Table {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("dynamotest: the test does not run inside the module")
		}
		folder = filepath.Dir(folder)
	}
	tables, err := template.Tables(filepath.Join(folder, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return tables
}
