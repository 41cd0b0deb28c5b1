package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

// guesses is what a brute force test makes: go test ./functions/login -run BruteForce -guesses 10000
var guesses = flag.Int("guesses", 300, "how many guesses the brute force tests make")

func (w *world) guess(t *testing.T, username, password, address string) resttest.Answer {
	body, err := json.Marshal(credentials{Username: username, Password: password})
	testkit.Must(t, err)
	return w.send(t, string(body), address)
}

// attack makes the guesses, many at a time, and returns how many were looked at and how many were throttled.
func (w *world) attack(t *testing.T, guess func(i int) resttest.Answer) (looked, throttled int64) {
	var l, r atomic.Int64
	var all sync.WaitGroup
	next := make(chan int)
	for range 16 {
		all.Go(func() {
			for i := range next {
				switch answer := guess(i); answer.Status {
				case 403:
					l.Add(1)
				case 429:
					r.Add(1)
				default:
					t.Errorf("guess %d: %d %s", i, answer.Status, answer.Body)
				}
			}
		})
	}
	for i := range *guesses {
		next <- i
	}
	close(next)
	all.Wait()
	return l.Load(), r.Load()
}

// address is one of 16 million, none of them alice's.
func address(i int) string { return fmt.Sprintf("100.%d.%d.%d", i>>16&255, i>>8&255, i&255) }

func TestBruteForceFromEverywhereAgainstOneAccountIsBoundedAndTheOwnerGetsIn(t *testing.T) {
	w := newWorld(t)
	w.guess(t, "alice", alicePassword, home).Want(t, 200, "")
	looked, throttled := w.attack(t,
		func(i int) resttest.Answer { return w.guess(t, "alice", fmt.Sprint("guess-number-", i), address(i)) })
	t.Logf("of %d guesses from as many addresses %d were looked at, %d throttled", *guesses, looked, throttled)
	if bound := int64(customer.DefaultLimits.Strangers.Tries); looked != bound {
		t.Errorf("%d guesses were looked at in one window, want %d", looked, bound)
	}
	w.guess(t, "alice", alicePassword, home).Want(t, 200, "")
	w.post(t, w.first(t, aliceSub)).Want(t, 200, "")
}

func TestBruteForceFromTheOwnersAddressIsBounded(t *testing.T) {
	w := newWorld(t)
	w.guess(t, "alice", alicePassword, home).Want(t, 200, "")
	looked, _ := w.attack(t,
		func(i int) resttest.Answer { return w.guess(t, "alice", fmt.Sprint("guess-number-", i), home) })
	if bound := int64(customer.DefaultLimits.Pair.Tries); looked != bound {
		t.Errorf("%d guesses were looked at in one window, want %d", looked, bound)
	}
}

func TestOneGuessAtEachOfManyAccountsFromOneAddressIsBounded(t *testing.T) {
	w := newWorld(t)
	w.guess(t, "alice", alicePassword, home).Want(t, 200, "")
	looked, throttled := w.attack(t, func(i int) resttest.Answer {
		return w.guess(t, fmt.Sprint("user", i), "Spring-Summer-1", "203.0.113.66")
	})
	t.Logf("of one guess at each of %d accounts %d were looked at, %d throttled", *guesses, looked, throttled)
	if bound := int64(customer.DefaultLimits.Address.Tries); looked != bound {
		t.Errorf("%d guesses were looked at in one window, want %d", looked, bound)
	}
	w.guess(t, "alice", alicePassword, home).Want(t, 200, "")
}
