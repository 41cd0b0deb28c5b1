package templatetest

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"drawbridge/shared/testkit"
)

// Mapping is a mapping of a template as its file has it. An intrinsic function is its text, or a list that begins with
// its name: `!Ref X` is "Ref X", and `!If [A, x, y]` is [If, A, x, y].
type Mapping = map[string]any

// Resources returns the resources of a type in the template.yaml of the repository's root, with their properties and
// their DeletionPolicy: what the loader passes over is among them.
func Resources(t testing.TB, root, kind string) map[string]Mapping {
	t.Helper()
	var document yaml.Node
	testkit.Must(t, yaml.Unmarshal([]byte(testkit.Read(t, root, "template.yaml")), &document))
	found := map[string]Mapping{}
	for id, r := range plain(document.Content[0]).(Mapping)["Resources"].(Mapping) {
		if r := r.(Mapping); r["Type"] == kind {
			properties, _ := r["Properties"].(Mapping)
			if properties == nil {
				properties = Mapping{}
			}
			properties["DeletionPolicy"] = r["DeletionPolicy"]
			found[id] = properties
		}
	}
	if len(found) == 0 {
		t.Fatalf("the template has no %s: does this test look in the right place?", kind)
	}
	return found
}

func plain(n *yaml.Node) any {
	function, isFunction := strings.CutPrefix(n.Tag, "!")
	isFunction = isFunction && !strings.HasPrefix(function, "!")
	switch n.Kind {
	case yaml.MappingNode:
		m := Mapping{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		var list []any
		if isFunction {
			list = append(list, function)
		}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	}
	if isFunction {
		return function + " " + n.Value
	}
	return n.Value
}
