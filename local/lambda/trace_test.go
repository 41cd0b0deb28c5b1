package lambda

import (
	"encoding/json"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

func TestAnInvocationBelongsToTheTraceOfItsInvoker(t *testing.T) {
	s := start(t, "trial", Function{})
	const root = "1-5759e988-bd862e3fe1be46a994272793"
	trace := func() string {
		r, err := s.Invoke(WithTrace(t.Context(), Trace{Root: root}), "f", []byte(`{"do":"context"}`))
		testkit.Must(t, err)
		var got struct{ Trace string }
		testkit.Must(t, json.Unmarshal(r.Payload, &got))
		return got.Trace
	}
	first, second := trace(), trace()
	if !strings.HasPrefix(first, "Root="+root+";Parent=") || first == second {
		t.Errorf("%q and %q: want one root and two parents", first, second)
	}
}

func TestATraceIsReadAsItIsWritten(t *testing.T) {
	const root = "1-5759e988-bd862e3fe1be46a994272793"
	for header, want := range map[string]string{
		"Root=" + root: "Root=" + root,
		"Root=" + root + ";Parent=7fa8c0f79203be72;Sampled=1": "Root=" + root + ";Parent=7fa8c0f79203be72;Sampled=1",
		" Sampled=0; Root=" + root + ";Lineage=a:b;Self=1-x":  "Root=" + root + ";Sampled=0",
		"Root=" + root + ";Parent=none;Sampled=?":             "Root=" + root,
		"Root=1-5759E988-bd862e3fe1be46a994272793":            "",
		"Root=" + root + "\nX: y":                             "",
		"Parent=7fa8c0f79203be72":                             "",
		"":                                                    "",
	} {
		got, ok := ParseTrace(header)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %q, %v", header, got, ok)
		}
	}
}
