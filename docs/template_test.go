package docs_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drawbridge/local/template/templatetest"

	"go.yaml.in/yaml/v4"
)

// sections are the names that template.yaml gives to its parameters and to its resources.
func sections(t *testing.T) (parameters, resources []string) {
	t.Helper()
	var stack struct {
		Parameters map[string]yaml.Node `yaml:"Parameters"`
		Resources  map[string]yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(repositoryFile(t, "template.yaml")), &stack); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(stack.Parameters)), slices.Sorted(maps.Keys(stack.Resources))
}

func TestEveryParameterThatACommandSetsExists(t *testing.T) {
	parameters, _ := sections(t)
	command := regexp.MustCompile(`(?:^|\s)(?:sam|\./sam) |--parameter`)
	setting := regexp.MustCompile(`(?:^|[\s"'])([A-Z][a-z]\w*)=`)
	checked := 0
	for _, d := range documents(t) {
		for _, text := range d.commandsAndSpans() {
			if !command.MatchString(text) {
				continue
			}
			for _, name := range matches(setting, text) {
				checked++
				if !slices.Contains(parameters, name) && name != "Name" { // as in "--parameter Name=Value"
					t.Errorf("%s: template.yaml has no parameter %s", d.name, name)
				}
			}
		}
	}
	if checked < 2 {
		t.Errorf("only %d settings were found", checked)
	}
}

// notOurs are words of AWS that end like names of our resources.
var notOurs = []string{
	"InvokeFunction", "PutMetricAlarm", "CreateTable", "DescribeTable", "RestoreTable", "UpdateTable",
}

func TestEveryAlarmFunctionAndTableThatIsNamedIsInTheTemplate(t *testing.T) {
	_, resources := sections(t)
	alarm := regexp.MustCompile(`((?:…|\b)[A-Z][A-Za-z]+Alarm)\b`)
	other := regexp.MustCompile(`(?:^|[\s"'(])([A-Z][A-Za-z]+(?:Function|Table))\b`)
	checked := 0
	for _, d := range documents(t) {
		names := matches(alarm, strings.Join(slices.Concat(d.prose, d.commands), "\n"))
		for _, text := range d.spans {
			names = append(names, matches(other, text)...)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if strings.HasPrefix(name, "Test") { // a test of theirs
				continue
			}
			checked++
			end, cut := strings.CutPrefix(name, "…")
			is := func(resource string) bool { return resource == end || cut && strings.HasSuffix(resource, end) }
			if !slices.ContainsFunc(resources, is) && !slices.Contains(notOurs, name) {
				t.Errorf("%s: template.yaml has no %s", d.name, name)
			}
		}
	}
	if checked < 4 {
		t.Errorf("only %d names were found", checked)
	}
}

func TestTheRunbookSaysWhatToDoAtEachAlarm(t *testing.T) {
	_, resources := sections(t)
	_, table, _ := strings.Cut(repositoryFile(t, "docs/RUNBOOK.md"), "\n## Alarms\n")
	table, _, _ = strings.Cut(table, "\n## ")
	checked := 0
	for _, name := range resources {
		if strings.HasSuffix(name, "Alarm") {
			checked++
			if !strings.Contains(table, "`"+name+"`") {
				t.Errorf("docs/RUNBOOK.md has no %s in its table", name)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d alarms were found", checked)
	}
}

func TestTheListOfRightsIsTheTemplates(t *testing.T) {
	stack := templatetest.Project(t, root, nil)
	want := map[string][]string{} // table and function -> actions
	for _, f := range stack.Functions {
		function := strings.ToLower(strings.TrimSuffix(f.LogicalID, "Function"))
		for _, s := range f.Policies {
			for _, resource := range s.Resources {
				_, table, isTable := strings.Cut(resource, ":table/")
				for _, action := range s.Actions {
					if name, ok := strings.CutPrefix(action, "dynamodb:"); ok && isTable {
						cell := table + " " + function
						want[cell] = append(want[cell], strings.TrimSuffix(name, "Item"))
					}
				}
			}
		}
	}
	got := map[string][]string{}
	_, section, _ := strings.Cut(repositoryFile(t, "docs/ARCHITECTURE.md"), "\n### Who may touch what\n")
	section, _, _ = strings.Cut(section, "\n#")
	for _, item := range strings.Split(section, "\n- ")[1:] {
		table, rights, _ := strings.Cut(item, " → ")
		for right := range strings.SplitSeq(rights, ";") {
			functions, actions, _ := strings.Cut(right, ":")
			for function := range strings.SplitSeq(functions, ",") {
				got[table+" "+strings.TrimSpace(function)] = strings.Fields(actions)
			}
		}
	}
	for cell := range want {
		slices.Sort(want[cell])
		want[cell] = slices.Compact(want[cell])
	}
	for cell, actions := range got {
		slices.Sort(actions)
		if !slices.Equal(actions, want[cell]) {
			t.Errorf("%s: the page says %v, template.yaml %v", cell, actions, want[cell])
		}
	}
	for cell, actions := range want {
		if got[cell] == nil {
			t.Errorf("%s: the page does not say %v", cell, actions)
		}
	}
}
