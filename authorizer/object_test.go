package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnObjectIsJSONWhateverItsTextsAre(t *testing.T) {
	want := map[string]any{"n": -7.0}
	o := append(object{}, '{').number("n", -7)
	for name, text := range map[string]string{
		"plain": "a b", "empty": "", "quote": `a"b\c`, "control": "a\nb\x00", "beyond": "Übung 名前 \u2028 \x7f", "markup": "<&>",
	} {
		o = o.text(name, text)
		want[name] = text
	}
	o = append(o.textIfAny("absent", "").textIfAny("present", "x"), '}')
	want["present"] = "x"
	var got map[string]any
	if err := json.Unmarshal(o, &got); err != nil {
		t.Fatalf("%v in %s", err, o)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
