// Package docs_test holds every Markdown file of the project to the repository: what a page names exists.
//
// Names are looked for in code spans and code blocks, where a name is meant as one. Whether a sentence is true, no test
// here can tell.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = ".."

// document is a Markdown file, taken apart.
type document struct {
	name     string   // from the root of the repository
	prose    []string // lines outside of code blocks, as they stand
	spans    []string // what stands between backticks in them
	commands []string // lines of code blocks, without prompts and comments; lines that end in a backslash are joined
	headings []string // their anchors
}

func (d document) folder() string { return path.Dir(d.name) }

// commandsAndSpans are the commands of the blocks, and the spans, which may be commands.
func (d document) commandsAndSpans() []string { return slices.Concat(d.commands, d.spans) }

func documents(t *testing.T) []document {
	t.Helper()
	var all []document
	walk(t, ".md", func(name string, content string) { all = append(all, read(name, content)) })
	for _, known := range []string{
		"README.md", "BENCHMARKS.md", "auth0/TENANT.md", "functions/login/ASVS.md", "docs/ARCHITECTURE.md",
	} {
		if !slices.ContainsFunc(all, func(d document) bool { return d.name == known }) {
			t.Errorf("%s was not found: does this test look in the right place?", known)
		}
	}
	return all
}

// walk visits each file of the repository that has one of the endings, but for what was installed or built there.
func walk(t *testing.T, ending string, visit func(name, content string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && file != root &&
			(base == "node_modules" || base == "dist" || strings.HasPrefix(base, ".") && base != ".github") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ending) {
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		visit(filepath.ToSlash(name), string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	span    = regexp.MustCompile("`([^`]+)`")
	heading = regexp.MustCompile(`^#{1,6} +(.*?)#*\s*$`)
	prompt  = regexp.MustCompile(`^\s*(\$ )?`)
	comment = regexp.MustCompile(`(^|\s)#.*$`)
	item    = regexp.MustCompile(`^ *([-*]|\d+\.) `)
)

func read(name, content string) document {
	d := document{name: name}
	inBlock, inList, language, begun := false, false, "", ""
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\r\n")
		if fence, is := strings.CutPrefix(strings.TrimSpace(line), "```"); is {
			inBlock, language = !inBlock, fence
			continue
		}
		// Four spaces make a code block too, where no list goes on.
		indented := strings.HasPrefix(line, "    ")
		if !inBlock && (!indented || inList) {
			if !indented && line != "" {
				inList = item.MatchString(line) || inList && strings.HasPrefix(line, " ")
			}
			d.prose = append(d.prose, line)
			if h := heading.FindStringSubmatch(line); h != nil {
				d.headings = append(d.headings, anchor(h[1], d.headings))
			}
			continue
		}
		if language == "mermaid" && inBlock {
			continue
		}
		begun += comment.ReplaceAllString(prompt.ReplaceAllString(line, ""), "")
		if rest, goesOn := strings.CutSuffix(begun, `\`); goesOn {
			begun = rest
			continue
		}
		d.commands, begun = append(d.commands, begun), ""
	}
	// A span may go on in the next line, but not in the next cell or paragraph.
	for paragraph := range strings.SplitSeq(strings.Join(d.prose, "\n"), "\n\n") {
		for _, s := range span.FindAllStringSubmatch(strings.ReplaceAll(paragraph, "\n", " "), -1) {
			d.spans = append(d.spans, s[1])
		}
	}
	return d
}

var (
	dropped = regexp.MustCompile(`[^\p{L}\p{N}\p{M} _-]`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// anchor is what GitHub makes of a heading: small letters, without signs, hyphens for spaces, numbered if it was there.
func anchor(heading string, before []string) string {
	slug := strings.ReplaceAll(
		dropped.ReplaceAllString(strings.ToLower(linked.ReplaceAllString(heading, "$1")), ""), " ", "-",
	)
	for unique, n := slug, 1; ; n++ {
		if !slices.Contains(before, unique) {
			return unique
		}
		unique = slug + "-" + strconv.Itoa(n)
	}
}

// A link's target, in Markdown or in HTML.
var target = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)|(?:src|href)="([^"]+)"`)

func TestEveryLinkLeadsToAFileAndAHeading(t *testing.T) {
	all := documents(t)
	checked := 0
	for _, d := range all {
		for _, line := range d.prose {
			for _, m := range target.FindAllStringSubmatch(span.ReplaceAllString(line, ""), -1) {
				to, fragment, _ := strings.Cut(m[1]+m[2], "#")
				if strings.Contains(to, ":") { // of the web
					continue
				}
				checked++
				name := d.name
				if to != "" {
					name = path.Join(d.folder(), to)
				}
				if _, err := os.Stat(filepath.Join(root, name)); err != nil {
					t.Errorf("%s links to %s, which is not there", d.name, to)
					continue
				}
				there := slices.IndexFunc(all, func(other document) bool { return other.name == name })
				if fragment != "" && there >= 0 && !slices.Contains(all[there].headings, fragment) {
					t.Errorf("%s links to #%s of %s, which has no such heading", d.name, fragment, name)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d links were found", checked)
	}
}

func TestAnAnchorIsWhatGitHubMakesOfAHeading(t *testing.T) {
	for heading, want := range map[string]string{
		"Flow 1: the step-up transfer":                "flow-1-the-step-up-transfer",
		"How guessing is bounded (6.1.1, 6.1.3, 7.1)": "how-guessing-is-bounded-611-613-71",
		"`make run` and [a link](x.md)":               "make-run-and-a-link",
		"Prüfen_1":                                    "prüfen_1",
		"Twice":                                       "twice-1",
	} {
		if got := anchor(heading, []string{"twice"}); got != want {
			t.Errorf("%q: %q, want %q", heading, got, want)
		}
	}
}

func TestADocumentIsTakenApart(t *testing.T) {
	d := read(
		"x.md",
		"# A\n\n- see `a`\n    [here](b.md)\n\nText `c\nd`\n\n    make e \\\n      f # why\n\n```sh\n$ make "+
			"g\n```\n```mermaid\nmake h\n```\n",
	)
	if !slices.Equal(d.headings, []string{"a"}) || !slices.Equal(d.spans, []string{"a", "c d"}) ||
		!slices.Contains(d.prose, "    [here](b.md)") {
		t.Errorf("%+v", d)
	}
	if got := strings.Join(strings.Fields(strings.Join(d.commands, " ; ")), " "); got != "make e f ; make g" {
		t.Errorf("commands %q", got)
	}
}
