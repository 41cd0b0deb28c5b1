package template

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestGlobalsAreMergedAsSAMMergesThem(t *testing.T) {
	for sentence, c := range map[string]struct{ global, local, want string }{
		"a mapping key by key": {"{a: 1, b: {c: 1}}", "{b: {c: 2, d: 3}}",
			"{a: 1, b: {c: 2, d: 3}}"},
		"lists are joined, the global items first":       {"[a]", "[b, a]", "[a, b, a]"},
		"a scalar is replaced":                           {"a", "b", "b"},
		"a value of another kind is replaced":            {"{a: 1}", "[b]", "[b]"},
		"an intrinsic function is not looked into":       {"{a: 1}", "{Ref: b}", "{Ref: b}"},
		"a global intrinsic function is not added to":    {"!If [a, b, c]", "[d]", "[d]"},
		"what the resource does not say is the globals'": {"{a: [1]}", "{}", "{a: [1]}"},
	} {
		t.Run(sentence, func(t *testing.T) {
			got, err := yaml.Dump(merge(parse(t, c.global), parse(t, c.local)))
			if err != nil {
				t.Fatal(err)
			}
			want, err := yaml.Dump(parse(t, c.want))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Load([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return document.Content[0]
}
