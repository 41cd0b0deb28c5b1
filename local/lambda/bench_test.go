package lambda

import (
	"path/filepath"
	"testing"
)

func BenchmarkWarm(b *testing.B) { benchmark(b, false) }

func BenchmarkCold(b *testing.B) { benchmark(b, true) }

func benchmark(b *testing.B, cold bool) {
	p := &program{filepath.Join(programs, "trial"), "1"}
	h, err := NewHost(Config{Functions: []Function{{Name: "f"}}, Binaries: p, Region: "eu-central-1"})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	event := []byte(`{"do":"echo"}`)
	if _, err := h.Invoke(b.Context(), "f", event); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if cold {
			p.version += "." // each version starts a process
		}
		if r, err := h.Invoke(b.Context(), "f", event); err != nil || r.Cold != cold {
			b.Fatalf("cold %v, %v", r.Cold, err)
		}
	}
}
