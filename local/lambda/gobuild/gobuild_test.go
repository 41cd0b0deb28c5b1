package gobuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/shared/testkit"
)

// workshop is a module of two functions, greet and count, of which only greet imports shared/words.
type workshop struct {
	*Builder
	t      *testing.T
	root   string
	events []Event
}

func open(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{t: t, root: t.TempDir()}
	w.write("go.mod", "module example\n\ngo 1.26\n")
	w.write("shared/words/words.go", "package words\n\nfunc Hello() string { return \"hello\" }\n")
	w.program("functions/greet", "words.Hello()", "example/shared/words")
	w.program("functions/count", "1")
	return w.reopen()
}

// program writes a command that prints the value of an expression.
func (w *workshop) program(folder, expression string, imports ...string) {
	w.t.Helper()
	w.write(folder+"/main.go", fmt.Sprintf("package main\n\nimport \"%s\"\n\nfunc main() { fmt.Print(%s) }\n",
		strings.Join(append(imports, "fmt"), "\"\nimport \""), expression))
}

func (w *workshop) reopen() *workshop {
	w.t.Helper()
	b, err := New(Config{
		Root: w.root, Out: filepath.Join(w.root, ".out"),
		Packages: map[string]string{"Greet": "functions/greet/", "Count": "functions/count"},
		Report:   func(e Event) { w.events = append(w.events, e) },
	})
	testkit.Must(w.t, err)
	w.Builder = b
	return w
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	testkit.Write(w.t, filepath.Join(w.root, name), text)
}

// later lets the last fingerprint grow old.
func (w *workshop) later() {
	for _, t := range w.targets {
		t.checked = t.checked.Add(-settled)
	}
}

func (w *workshop) binary(function string) lambda.Binary {
	w.t.Helper()
	w.later()
	b, err := w.Binary(w.t.Context(), function)
	testkit.Must(w.t, err)
	return b
}

func (w *workshop) says(function, want string) {
	w.t.Helper()
	out, err := exec.Command(w.binary(function).Path).Output()
	if err != nil || string(out) != want {
		w.t.Fatalf("%s says %q, not %q (%v)", function, out, want, err)
	}
}

func TestAllFunctionsAreBuiltAtOnce(t *testing.T) {
	w := open(t)
	testkit.Must(t, w.BuildAll(t.Context()))
	w.says("Greet", "hello")
	w.says("Count", "1")
	if len(w.events) != 0 {
		t.Fatalf("built again: %v", w.events)
	}
}

func TestAChangedSharedPackageRebuildsItsUsersOnly(t *testing.T) {
	w := open(t)
	testkit.Must(t, w.BuildAll(t.Context()))
	greet, count := w.binary("Greet"), w.binary("Count")
	w.write("shared/words/words.go", "package words\n\nfunc Hello() string { return \"good morning\" }\n")
	w.says("Greet", "good morning")
	if w.binary("Greet").Version == greet.Version {
		t.Error("the version stayed")
	}
	if w.binary("Count") != count || len(w.events) != 1 {
		t.Errorf("built again: %v", w.events)
	}
}

func TestAChangeThatChangesNothingKeepsTheVersion(t *testing.T) {
	w := open(t)
	before := w.binary("Greet")
	w.events = nil
	now := time.Now().Add(time.Second)
	testkit.Must(t, os.Chtimes(filepath.Join(w.root, "functions/greet/main.go"), now, now))
	if w.binary("Greet") != before || len(w.events) != 0 {
		t.Fatalf("version %s, then %s; %v", before.Version, w.binary("Greet").Version, w.events)
	}
}

func TestATestFileRebuildsNothing(t *testing.T) {
	w := open(t)
	w.binary("Greet")
	before := w.targets["Greet"].fingerprint
	w.write("functions/greet/main_test.go", "package main\n")
	w.binary("Greet")
	if w.targets["Greet"].fingerprint != before {
		t.Fatal("the fingerprint changed")
	}
}

func TestAPackageImportedLaterIsWatched(t *testing.T) {
	w := open(t)
	w.says("Count", "1")
	w.write("shared/number/number.go", "package number\n\nconst N = 2\n")
	w.program("functions/count", "number.N", "example/shared/number")
	w.says("Count", "2")
	w.write("shared/number/number.go", "package number\n\nconst N = 33\n")
	w.says("Count", "33")
}

func TestAnEmbeddedFileIsWatched(t *testing.T) {
	w := open(t)
	w.write("functions/count/data/n.txt", "4")
	w.write("functions/count/data.go", "package main\n\nimport _ \"embed\"\n\n//go:embed data/n.txt\nvar n string\n")
	w.program("functions/count", "n")
	w.says("Count", "4")
	w.write("functions/count/data/n.txt", "55")
	w.says("Count", "55")
}

func TestAFunctionThatDoesNotBuildSaysWhyAndLeavesTheOthers(t *testing.T) {
	w := open(t)
	w.write("functions/greet/main.go", "package main\n\nfunc main() { missing() }\n")
	err := w.BuildAll(t.Context())
	var failed *lambda.BuildError
	if !errors.As(err, &failed) || failed.Function != "Greet" ||
		!strings.Contains(failed.Output, "main.go:3:15: undefined: missing") {
		t.Fatalf("got %v", err)
	}
	w.says("Count", "1")
	if _, err := w.Binary(t.Context(), "Greet"); !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	w.write("functions/greet/main.go", "package main\n\nfunc main() { print() }\n")
	w.says("Greet", "")
}

func TestAPackageThatIsMissingMayComeLater(t *testing.T) {
	w := open(t)
	w.write("functions/greet/main.go", "package main\n\nimport \"example/shared/later\"\n\nfunc main() { later.Say() }\n")
	if err := w.BuildAll(t.Context()); err == nil {
		t.Fatal("it built")
	}
	w.says("Count", "1")
	w.write("shared/later/later.go", "package later\n\nimport \"fmt\"\n\nfunc Say() { fmt.Print(\"late\") }\n")
	w.says("Greet", "late")
}

func TestTheNextStartFindsTheBinaries(t *testing.T) {
	w := open(t)
	testkit.Must(t, w.BuildAll(t.Context()))
	staged := w.store.staging() + "greet"
	before, _ := os.Stat(staged)
	binary := w.binary("Greet")
	testkit.Must(t, w.reopen().BuildAll(t.Context()))
	if after, _ := os.Stat(staged); !os.SameFile(before, after) || w.binary("Greet") != binary {
		t.Fatal("it was linked again")
	}
}

func TestABinaryStaysWholeWhileAnotherIsBuilt(t *testing.T) {
	w := open(t)
	old := w.binary("Count")
	w.program("functions/count", "2")
	w.says("Count", "2")
	if out, err := exec.Command(old.Path).Output(); err != nil || string(out) != "1" {
		t.Fatalf("the old binary says %q (%v)", out, err)
	}
}

func TestAnOldBinaryIsRemovedInTheEnd(t *testing.T) {
	w := open(t)
	old := filepath.Dir(w.binary("Count").Path)
	long := time.Now().Add(-2 * kept)
	testkit.Must(t, os.Chtimes(old, long, long))
	w.write("functions/count/main.go", "package main\n\nfunc main() {}\n")
	w.says("Count", "")
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Fatal("it is still there")
	}
}

// `sam init` makes a module of each function.
func TestAFunctionMayBeAModuleOfItsOwn(t *testing.T) {
	w := open(t)
	w.write("other/go.mod", "module example.com/a/v2\n\ngo 1.26\n")
	w.write("other/main.go", "package main\n\nfunc main() { print(\"\") }\n")
	b, err := New(Config{Root: w.root, Out: filepath.Join(w.root, ".out"),
		Packages: map[string]string{"Greet": "functions/greet/", "Other": "other"}})
	testkit.Must(t, err)
	w.Builder = b
	testkit.Must(t, w.BuildAll(t.Context()))
	w.says("Greet", "hello")
	w.says("Other", "")
	w.program("other", "7")
	w.says("Other", "7")
}

func TestFoldersThatCannotBeBuiltAreRefused(t *testing.T) {
	w := open(t)
	_, err := New(Config{Root: w.root, Out: w.root, Packages: map[string]string{"A": "functions/none"}})
	testkit.Refused(t, err, "function A: there is no folder functions/none")
	w.write("other/greet/main.go", "package main\n")
	packages := map[string]string{"A": "functions/greet", "B": "other/greet"}
	_, err = New(Config{Root: w.root, Out: w.root, Packages: packages})
	testkit.Refused(t, err, "both folders are named greet")
}

func TestABuildThatIsCutShortSaysNothingAboutTheSource(t *testing.T) {
	w := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Binary(ctx, "Count")
	testkit.WantError(t, err, context.Canceled)
	w.says("Count", "1")
}
