package lambda

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAnInvocationBelongsToTheTraceOfItsInvoker(t *testing.T) {
	s := start(t, "trial", Function{})
	const root = "1-5759e988-bd862e3fe1be46a994272793"
	trace := func() string {
		r, err := s.Invoke(WithTrace(t.Context(), root), "f", []byte(`{"do":"context"}`))
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Trace string }
		if err := json.Unmarshal(r.Payload, &got); err != nil {
			t.Fatal(err)
		}
		return got.Trace
	}
	first, second := trace(), trace()
	if !strings.HasPrefix(first, "Root="+root+";Parent=") || first == second {
		t.Errorf("%q and %q: want one root and two parents", first, second)
	}
}
