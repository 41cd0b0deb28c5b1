package token_test

import (
	"math"
	"testing"
	"time"
)

// measureRatios times subjects in turns, in small batches, and reports the fastest batch of each as a multiple of
// that of the first. On a busy machine a batch of each meets a quiet moment, and batches that follow each other meet
// the same machine.
func measureRatios(b *testing.B, names []string, subjects map[string]func()) {
	b.Helper()
	const batch = 20
	fastest := make(map[string]float64)
	for _, name := range names {
		fastest[name] = math.Inf(1)
	}
	for b.Loop() {
		for _, name := range names {
			run := subjects[name]
			start := time.Now()
			for range batch {
				run()
			}
			fastest[name] = min(fastest[name], float64(time.Since(start).Nanoseconds())/batch)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(fastest[names[0]], names[0]+"_ns")
	for _, name := range names[1:] {
		b.ReportMetric(fastest[name]/fastest[names[0]], name+"_x")
	}
}

// turns calls f with 0, 1, 2 … 299, 0, …
func turns(f func(i int)) func() {
	i := 0
	return func() { f(i % 300); i++ }
}

// BenchmarkRatios is the summary: every figure but the first is a multiple of the RSA check.
func BenchmarkRatios(b *testing.B) {
	s := newSubjects(b)
	names := []string{"floor", "plain", "verify", "again"}
	subjects := map[string]func(){
		"floor": turns(s.floor), "plain": turns(s.plain), "verify": turns(s.verify), "again": func() { s.verify(300) },
	}
	for _, name := range sortedKeys(s.junk) {
		names = append(names, "refuse_"+name)
		subjects["refuse_"+name] = func() { s.refuse(s.junk[name]) }
	}
	measureRatios(b, names, subjects)
}
