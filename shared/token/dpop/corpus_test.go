package dpop_test

import (
	"testing"

	"drawbridge/shared/token/dpop"
)

// hostile is a good proof that was spoiled, and the reason for which it must be refused.
type hostile struct {
	name string
	want dpop.Reason
	make func(w *world) []string
}

// corpus is the one table. The groups stand in the files that make them: corpus_*_test.go.
type corpus struct{ list []hostile }

func newCorpus() *corpus {
	c := &corpus{}
	c.forms()
	c.headers()
	c.payloads()
	c.meanings()
	c.signatures()
	return c
}

// add adds a case that sends any number of headers.
func (c *corpus) add(want dpop.Reason, name string, make func(w *world) []string) {
	c.list = append(c.list, hostile{name, want, make})
}

// one adds a case that sends one.
func (c *corpus) one(want dpop.Reason, name string, make func(w *world) string) {
	c.add(want, name, func(w *world) []string { return []string{make(w)} })
}

// raw adds a good proof that was edited after it was signed.
func (c *corpus) raw(want dpop.Reason, name string, edit func(proof string) string) {
	c.one(want, "form: "+name, func(w *world) string { return edit(w.good()) })
}

// header adds a proof with another text in its header.
func (c *corpus) header(want dpop.Reason, old, new string) {
	c.one(want, "header: "+old+" → "+new, func(w *world) string {
		return w.Sign(swap(w.Header(), old, new), w.payload())
	})
}

// claims adds a proof whose payload was edited before it was signed.
func (c *corpus) claims(want dpop.Reason, name string, edit func(payload string) string) {
	c.one(want, name, func(w *world) string { return w.Sign(w.Header(), edit(w.payload())) })
}

// payload is claims with another text.
func (c *corpus) payload(want dpop.Reason, old, new string) {
	c.claims(want, "payload: "+old+" → "+new, func(payload string) string { return swap(payload, old, new) })
}

func TestEveryHostileProofIsRefusedForTheReasonNamed(t *testing.T) {
	w := newWorld(t)
	cases := newCorpus().list
	if len(cases) < 150 {
		t.Errorf("the corpus has %d proofs, want 150 at least", len(cases))
	}
	seen, refused := make(map[string]bool), make(map[dpop.Reason]int)
	for _, c := range cases {
		if seen[c.name] {
			t.Errorf("%s: there twice", c.name)
		}
		seen[c.name] = true
		if err := w.verify(w.good()); err != nil {
			t.Fatalf("before %s a good proof is refused: %v", c.name, err)
		}
		switch err := w.verify(c.make(w)...); {
		case err == nil:
			t.Errorf("%s: ACCEPTED", c.name)
		case reason(err) != c.want:
			t.Errorf("%s: want %s, got %v", c.name, c.want, err)
		}
		refused[c.want]++
	}
	for _, reason := range dpop.Reasons() {
		if refused[reason] == 0 {
			t.Errorf("no proof of the corpus is refused for %s", reason)
		}
	}
	t.Logf("%d hostile proofs refused, by reason: %v", len(cases), refused)
}
