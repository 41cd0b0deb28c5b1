package bank_test

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

// `make chaos` makes many more and longer runs; -chaos.seed repeats one that failed.
var (
	chaosSeeds     = flag.Int("chaos.seeds", 2, "how many seeds TestChaos runs")
	chaosTransfers = flag.Int("chaos.transfers", 1000, "how many operations each seed makes")
	chaosSeed      = flag.Uint64("chaos.seed", 0, "the one seed to run; 0 takes random ones")
)

func TestChaosNeitherLosesNorDuplicatesMoney(t *testing.T) {
	t.Parallel() // these tests mostly wait: for injected latency, and for back-offs
	seeds := []uint64{*chaosSeed}
	if *chaosSeed == 0 {
		seeds = nil
		for range *chaosSeeds {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		w := chaos(t, seed, *chaosTransfers, nil)
		for _, violation := range w.violations {
			t.Errorf("seed %d: %s", seed, violation)
		}
		if t.Failed() {
			t.Fatalf("again by: go test ./shared/bank -run TestChaos -chaos.seed %d -chaos.transfers %d", seed, *chaosTransfers)
		}
		for kind, times := range w.faults.Injected() {
			if times == 0 {
				t.Errorf("seed %d: no %v was injected", seed, kind)
			}
		}
		if len(w.snapshots) == 0 {
			t.Errorf("seed %d: nobody watched", seed)
		}
	}
}

// chaos runs the workload and the judgement on a world of its own.
func chaos(t *testing.T, seed uint64, n int, mutate func(http.RoundTripper) http.RoundTripper) *world {
	t.Helper()
	w := newWorld(t, mutate)
	began := time.Now()
	w.work(t.Context(), seed, n)
	took := time.Since(began)
	w.judge(t.Context())
	accepted, refused, unanswered := 0, 0, 0
	for _, f := range w.fates {
		switch {
		case len(f.answers) > 0 && f.answers[0].Refusal == "":
			accepted++
		case len(f.answers) > 0:
			refused++
		}
		if f.unanswered > 0 {
			unanswered++
		}
	}
	t.Logf("seed %d: %d operations in %v; keys accepted %d, refused %d, left unanswered at first %d",
		seed, n, took.Round(time.Millisecond), accepted, refused, unanswered)
	t.Logf("%d snapshots; faults %v; %d violations", len(w.snapshots), w.faults.Injected(), len(w.violations))
	return w
}
