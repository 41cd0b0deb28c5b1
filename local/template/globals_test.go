package template

import (
	"testing"

	"go.yaml.in/yaml/v4"

	"drawbridge/shared/testkit"
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
			testkit.Must(t, err)
			want, err := yaml.Dump(parse(t, c.want))
			testkit.Must(t, err)
			if string(got) != string(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var document yaml.Node
	testkit.Must(t, yaml.Load([]byte(text), &document))
	return document.Content[0]
}
