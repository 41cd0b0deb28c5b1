package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func repositoryFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// matches are the first groups of all matches.
func matches(expression *regexp.Regexp, text string) (found []string) {
	for _, m := range expression.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

var (
	declaredTest = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	namedTest    = regexp.MustCompile(`\b((?:Test|Benchmark|Fuzz)[A-Z]\w*…?)`)
)

func TestEveryGoTestThatIsNamedExists(t *testing.T) {
	var declared []string
	walk(t, "_test.go", func(_, content string) { declared = append(declared, matches(declaredTest, content)...) })
	checked := 0
	for _, d := range documents(t) {
		for _, text := range d.commandsAndSpans() {
			for _, name := range matches(namedTest, text) {
				checked++
				// Of a name that ends in dots, and of the expressions that go test takes, the beginning is enough.
				beginning, cut := strings.CutSuffix(name, "…")
				if cut || strings.Contains(text, "go test") {
					if !slices.ContainsFunc(declared, func(other string) bool {
						return strings.HasPrefix(other, beginning)
					}) {
						t.Errorf("%s: no Go test begins with %s", d.name, beginning)
					}
				} else if !slices.Contains(declared, name) {
					t.Errorf("%s: there is no Go test %s", d.name, name)
				}
			}
		}
	}
	if checked < 80 {
		t.Errorf("only %d names were found", checked)
	}
}

func TestEveryMakeTargetThatIsNamedExists(t *testing.T) {
	targets := matches(regexp.MustCompile(`(?m)^([a-z0-9-]+):`), repositoryFile(t, "Makefile"))
	command := regexp.MustCompile(`(?:^|[;&|(]\s*|[A-Z_]+=\S+ )make ([a-z][a-z0-9-]*)`)
	checked := 0
	for _, d := range documents(t) {
		for _, text := range d.commandsAndSpans() {
			for _, name := range matches(command, text) {
				checked++
				if !slices.Contains(targets, name) {
					t.Errorf("%s: make %s: the Makefile has no such target", d.name, name)
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d targets were found", checked)
	}
}

func TestEveryFlagOfTheRunnerExists(t *testing.T) {
	flags := append(
		matches(regexp.MustCompile(`flags\.\w+\(\s*(?:&[\w.]+, )?"([a-z-]+)"`), repositoryFile(t, "local/options.go")),
		"help",
	)
	flag := regexp.MustCompile(`--([a-z][a-z-]*)`)
	checked := 0
	for _, d := range documents(t) {
		for _, text := range d.commandsAndSpans() {
			_, given, isRunner := strings.Cut(text, "go run ./local ")
			if !isRunner {
				_, given, isRunner = strings.Cut(text, "ARGS=")
			}
			if !isRunner {
				continue
			}
			given, _, _ = strings.Cut(given, " &&")
			for _, name := range matches(flag, given) {
				checked++
				if !slices.Contains(flags, name) {
					t.Errorf("%s: go run ./local has no flag --%s", d.name, name)
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d flags were found", checked)
	}
}

// What is made by a build or a run, and is therefore not in the repository.
var made = []string{"web/dist", "web/screenshots"}

// placeholder is a path in which something stands for something else, or for many.
var placeholder = regexp.MustCompile(`[<>*…{}$|]|YOUR`)

// sourcePath is a path by its form alone: a slash, and an ending of the repository's own files.
var sourcePath = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+\.(go|js|ts|yaml|md|toml)$`)

func TestEveryPathThatIsNamedExists(t *testing.T) {
	checked := 0
	for _, d := range documents(t) {
		for _, text := range d.spans {
			name := strings.TrimPrefix(text, "./")
			first, _, hasSlash := strings.Cut(name, "/")
			_, err := os.Stat(filepath.Join(root, first))
			inRepository := hasSlash && first != "" && err == nil && !strings.HasPrefix(first, ".") &&
				!strings.ContainsAny(name, " :,(")
			if placeholder.MatchString(name) || !inRepository && !sourcePath.MatchString(name) {
				continue
			}
			if slices.ContainsFunc(made, func(folder string) bool { return strings.HasPrefix(name, folder) }) {
				continue
			}
			checked++
			_, fromRoot := os.Stat(filepath.Join(root, name))
			_, fromHere := os.Stat(filepath.Join(root, path.Join(d.folder(), name)))
			if fromRoot != nil && fromHere != nil {
				t.Errorf("%s: %s is neither in the repository nor beside the document", d.name, text)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d paths were found", checked)
	}
}

// title finds what may be the title of a node test: the first argument of it, test and describe, and the key of a table
// of cases.
var title = regexp.MustCompile(
	"(?m)(?:\\b(?:it|test|describe)\\(|^ *(?:cases)?\\[?)(?:'((?:[^'\\\\\n]|\\\\.)+)'|`([^`\n]+)`)(?:,|\\]?:| =)",
)

// A test of the node runner is named by its title, in quotes, in the list of threats. A title may be made of parts.
func TestEveryTitleOfANodeTestThatIsNamedExists(t *testing.T) {
	var known []*regexp.Regexp
	part := regexp.MustCompile(`\$\{[^}]*\}`)
	take := func(name, content string) {
		if !strings.Contains(name, ".test.") {
			return
		}
		for _, m := range title.FindAllStringSubmatch(content, -1) {
			literals := part.Split(strings.ReplaceAll(strings.Join(m[1:], ""), `\'`, `'`), -1)
			if len(strings.Join(literals, "")) < 12 { // parts alone would fit anything
				continue
			}
			for i := range literals {
				literals[i] = regexp.QuoteMeta(literals[i])
			}
			known = append(known, regexp.MustCompile("^"+strings.Join(literals, ".+")+"$"))
		}
	}
	for _, ending := range []string{".js", ".ts"} {
		walk(t, ending, take)
	}
	checked := 0
	for _, item := range strings.Split(repositoryFile(t, "docs/THREAT-MODEL.md"), "\n- ") {
		if threat, stopped, ok := strings.Cut(strings.Join(strings.Fields(item), " "), " → "); ok {
			for _, quoted := range matches(regexp.MustCompile(`"([^"]+)"`), stopped) {
				checked++
				if !slices.ContainsFunc(known, func(k *regexp.Regexp) bool { return k.MatchString(quoted) }) {
					t.Errorf("%s: no node test has the title %q", threat, quoted)
				}
			}
		}
	}
	if checked < 25 {
		t.Errorf("only %d titles were found", checked)
	}
}
