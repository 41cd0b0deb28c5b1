package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/push"
)

func TestNobodyRingsAPhoneWithoutEnd(t *testing.T) {
	b := openPhone(t)
	for n := range push.PerHour {
		b.ask(t, fmt.Sprintf("k%d", n), rent).Want(t, 202, "")
		b.clock.Pass(20 * time.Second)
	}
	full := b.ask(t, "one-more", rent)
	full.Want(t, 429, "too_many_approvals")
	if wait := full.Header["Retry-After"]; wait != fmt.Sprint(3600-20*push.PerHour) {
		t.Errorf("again after %s s", wait)
	}
	b.rang(t, push.PerHour)
	b.clock.Pass(time.Hour)
	for n := range 2 * push.PerHour { // an approved one does not count
		key, euro := fmt.Sprintf("good%d", n), strings.Replace(rent, "250.00", "1.00", 1)
		b.ask(t, key, euro).Want(t, 202, "")
		b.tenant.Approve(t)
		b.clock.Pass(20 * time.Second)
		b.ask(t, key, euro).Want(t, 201, "")
	}
	b.paid(t, 2*push.PerHour*1_00)
}

func TestAuth0sOwnLimitIsPassedOnAndNotCounted(t *testing.T) {
	b := openPhone(t)
	for n := range 5 {
		b.ask(t, fmt.Sprintf("k%d", n), rent).Want(t, 202, "")
	}
	for range 2 * push.PerHour {
		sixth := b.ask(t, "k5", rent)
		sixth.Want(t, 429, "too_many_approvals")
		b.clock.Pass(time.Second)
	}
	b.clock.Pass(time.Minute)
	b.ask(t, "k5", rent).Want(t, 202, "")
	b.rang(t, 6)
}

func TestPollingKeepsTheIntervalOverAllProcesses(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	polls, slow := 0, true
	b.tenant.Break(func(w http.ResponseWriter, _ *http.Request) {
		if polls++; slow {
			w.Header().Set("Retry-After", "12")
			w.WriteHeader(400)
			_, _ = w.Write([]byte(`{"error":"slow_down"}`))
		}
	})
	b.clock.Pass(interval)
	slowed := b.ask(t, "k1", rent)
	slowed.Want(t, 202, "")
	if slowed.Header["Retry-After"] != "12" || polls != 1 {
		t.Errorf("Retry-After %s after %d polls", slowed.Header["Retry-After"], polls)
	}
	slow = false
	for second := range 24 {
		b.clock.Pass(time.Second)
		b.handler = b.process(nil, nil)
		b.ask(t, "k1", rent).Want(t, 202, "")
		if want := 1 + (second+1)/12; polls != want {
			t.Errorf("%d polls after %d s, want %d", polls, second+1, want)
		}
	}
}

func TestAPollThatAuth0PutsOffIsPending(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.clock.Pass(interval)
	b.tenant.Break(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(429)
	})
	answer := b.ask(t, "k1", rent)
	answer.Want(t, 202, "")
	if got := answer.Header["Retry-After"]; got != "30" {
		t.Errorf("again after %s seconds", got)
	}
	b.tenant.Break(nil)
	b.clock.Pass(30 * time.Second)
	again := b.ask(t, "k1", rent)
	again.Want(t, 202, "")
	if got := again.Header["Retry-After"]; got != "5" {
		t.Errorf("and then every %s seconds", got)
	}
}

func TestWhileAuth0IsDownNothingIsMadeAndTheKeyStaysGood(t *testing.T) {
	b := openPhone(t)
	down := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
	b.tenant.Break(down)
	for range 2 {
		answer := b.ask(t, "k1", rent)
		answer.Want(t, 503, "unavailable")
		if answer.Header["Retry-After"] != "5" || !strings.Contains(answer.Body, "Nothing was moved") {
			t.Errorf("%v %s", answer.Header, answer.Body)
		}
	}
	b.tenant.Break(nil)
	b.clock.Pass(5 * time.Second)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.tenant.Approve(t)
	b.tenant.Break(down)
	b.clock.Pass(interval)
	b.ask(t, "k1", rent).Want(t, 503, "unavailable")
	b.tenant.Break(nil)
	b.clock.Pass(interval)
	b.ask(t, "k1", rent).Want(t, 201, "")
	b.rang(t, 1)
	b.paid(t, 250_00)
}
