package docs_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Addresses are not broken: a line that is one address alone may be longer.
func TestNoLineOfGoOrMarkdownIsLongerThan120Columns(t *testing.T) {
	address := regexp.MustCompile(`^\s*(//|\[[\w-]+\]:)?\s*\(?https://\S+$`)
	checked := 0
	check := func(name, content string) {
		if strings.Contains(content, "// Code generated ") {
			return
		}
		checked++
		number := 0
		for line := range strings.Lines(content) {
			number++
			line = strings.TrimRight(line, "\r\n")
			if n := utf8.RuneCountInString(line); n > 120 && !address.MatchString(line) {
				t.Errorf("%s:%d: %d columns", name, number, n)
			}
		}
	}
	walk(t, ".go", check)
	walk(t, ".md", check)
	if checked < 300 {
		t.Errorf("only %d files were found", checked)
	}
}

func TestTheDocumentsHave20000WordsAtMost(t *testing.T) {
	words := 0
	walk(t, ".md", func(_, content string) { words += len(strings.Fields(content)) })
	if words < 10_000 || words > 20_000 {
		t.Errorf("%d words", words)
	}
}

// A shell reads its input without running it: a command that was cut in two shows here.
func TestEveryShellCommandParses(t *testing.T) {
	block := regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")
	scripts := []string{repositoryFile(t, "docs/runbook.sh")}
	for _, d := range documents(t) {
		scripts = append(scripts, matches(block, repositoryFile(t, d.name))...)
	}
	for _, script := range scripts {
		bash := exec.Command("bash", "-n")
		bash.Stdin = strings.NewReader(script)
		if complaint, err := bash.CombinedOutput(); err != nil {
			t.Errorf("%v: %s%s", err, complaint, script)
		}
	}
	if len(scripts) < 30 {
		t.Errorf("only %d blocks were found", len(scripts))
	}
}
