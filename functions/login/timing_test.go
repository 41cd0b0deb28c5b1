package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"drawbridge/shared/customer"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

var timing = flag.Bool("timing", false,
	"measure what the time of a refusal tells, and print the distributions (some minutes)")

// limitless leaves the counting of tries in, and no try is one too many. Passwords are hashed as they are deployed.
func limitless(c *customer.Config) {
	c.Hasher = nil
	limit := customer.Limit{Tries: math.MaxInt32, Window: time.Hour}
	c.Limits = customer.Limits{Pair: limit, Strangers: limit, Address: limit}
}

// kind is one kind of request, of which the time is taken.
type kind struct {
	name string
	do   func(i int)
}

// measure does each kind n times, in random order so that what else the machine does falls on all alike, and returns
// the times in microseconds.
func measure(n int, kinds []kind) [][]float64 {
	times := make([][]float64, len(kinds))
	order := make([]int, 0, n*len(kinds))
	for k := range kinds {
		kinds[k].do(0) // what is done once only is not counted
		for range n {
			order = append(order, k)
		}
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for i, k := range order {
		began := time.Now()
		kinds[k].do(i + 1)
		times[k] = append(times[k], float64(time.Since(began).Nanoseconds())/1000)
	}
	for _, of := range times {
		slices.Sort(of)
	}
	return times
}

func quantile(sorted []float64, q float64) float64 { return sorted[int(q*float64(len(sorted)-1))] }

// welch is Welch's t of two samples without their slowest tenth, which the machine made slow: the statistic of dudect
// (https://eprint.iacr.org/2016/1123), to which above 4.5 means that the two can be told apart.
func welch(a, b []float64) float64 {
	crop := func(sorted []float64) (mean, variance, n float64) {
		kept := sorted[:len(sorted)*9/10]
		for _, x := range kept {
			mean += x / float64(len(kept))
		}
		for _, x := range kept {
			variance += (x - mean) * (x - mean) / float64(len(kept)-1)
		}
		return mean, variance, float64(len(kept))
	}
	ma, va, na := crop(a)
	mb, vb, nb := crop(b)
	return (ma - mb) / math.Sqrt(va/na+vb/nb)
}

// The one timing that is tested always, by a bound that no busy machine breaks: half of what the hash costs.
func TestAnUnknownUserTakesAsLongAsAWrongPassword(t *testing.T) {
	w := newWorld(t, limitless)
	times := measure(25, w.passwords(t))
	unknown, wrong := quantile(times[0], .5), quantile(times[1], .5)
	t.Logf("medians: unknown user %.0f µs, wrong password %.0f µs", unknown, wrong)
	if math.Abs(unknown-wrong) > wrong/2 {
		t.Errorf("they can be told apart: %.0f µs and %.0f µs", unknown, wrong)
	}
}

func (w *world) passwords(t *testing.T) []kind {
	return []kind{
		{"unknown user",
			func(i int) { w.post(t, credentials{Username: fmt.Sprint("nobody", i), Password: "a-wrong-guess"}) }},
		{"wrong password", func(int) { w.post(t, credentials{Username: "alice", Password: "a-wrong-guess"}) }},
	}
}

// What the time tells with the floor left out:
//
//	go test ./functions/login -run TestWhatTheTimeTells -timing -v
func TestWhatTheTimeTells(t *testing.T) {
	if !*timing {
		t.Skip("run with -timing")
	}
	w := newWorld(t, limitless)
	report(t, 600, w.passwords(t))

	throttled := newWorld(t, func(c *customer.Config) {
		c.Hasher = nil
		limit := customer.Limit{Tries: 1, Window: 24 * time.Hour}
		c.Limits = customer.Limits{Pair: limit, Strangers: limit,
			Address: customer.Limit{Tries: math.MaxInt32, Window: time.Hour}}
	})
	for _, name := range []string{"alice", "nobody"} {
		throttled.post(t, credentials{Username: name, Password: "a-wrong-guess"})
	}
	report(t, 1500, []kind{
		{"throttled, right password",
			func(int) { throttled.post(t, credentials{Username: "alice", Password: alicePassword}) }},
		{"throttled, wrong password",
			func(int) { throttled.post(t, credentials{Username: "alice", Password: "a-wrong-guess"}) }},
		{"throttled, unknown user",
			func(int) { throttled.post(t, credentials{Username: "nobody", Password: "a-wrong-guess"}) }},
	})

	report(t, 1500, []kind{
		{"id_token, session_id used", func(int) { w.post(t, byIDToken(w.idToken(used))) }},
		{"id_token, no session_id", func(int) { w.post(t, byIDToken(w.issuer.IDToken())) }},
		{"id_token, unknown identity",
			func(int) { w.post(t, byIDToken(w.idToken(used, tokentest.Claim("sub", "auth0|nobody")))) }},
	})

	ended, err := w.Sessions.Issue(t.Context(), aliceID)
	testkit.Must(t, err)
	later := session.New(session.Config{
		Client: w.db.Client, Table: w.db.Tables["SessionsTable"],
		Now: func() time.Time { return time.Now().Add(time.Hour) },
	})
	never, err := w.Sessions.Draft(t.Context(), aliceID, session.ByPassword)
	testkit.Must(t, err)
	verify := func(code string) func(int) {
		return func(int) { _, _ = later.Verify(context.Background(), code) }
	}
	report(t, 5000, []kind{
		{"code in the table, ended", verify(ended.Code)},
		{"code not in the table", verify(never.Code)},
		{"code with a bad checksum", verify(never.Code[:67] + "x")},
	})

	// And what a client sees, with the floor: everything above in one.
	floored := newWorld(t, limitless)
	floored.Floor = 0
	report(t, 100,
		append(floored.passwords(t),
			kind{"id_token, no session_id", func(int) { floored.post(t, byIDToken(floored.issuer.IDToken())) }}))
}

const used = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func report(t *testing.T, n int, kinds []kind) {
	times := measure(n, kinds)
	t.Logf("%-30s %10s %10s %10s %10s   %s", "µs", "p5", "p50", "p95", "p99", "Welch's t against the first")
	for k, of := range times {
		t.Logf("%-30s %10.0f %10.0f %10.0f %10.0f   %+.1f", kinds[k].name,
			quantile(of, .05), quantile(of, .5), quantile(of, .95), quantile(of, .99), welch(of, times[0]))
	}
}
