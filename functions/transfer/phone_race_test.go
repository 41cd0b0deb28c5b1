package main

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

func TestSixteenEqualRequestsAtOnceAreOnePushAndOneBooking(t *testing.T) {
	b := openPhone(t)
	all := func() map[int]int {
		var mu sync.Mutex
		answers := map[int]int{}
		testkit.Together(16, func(int) {
			answer := b.during(t.Context(), t, b.process(nil, nil), "k1")
			mu.Lock()
			defer mu.Unlock()
			answers[answer.Status]++
		})
		return answers
	}
	if got := all(); got[202] != 16 {
		t.Errorf("asked: %v", got)
	}
	b.rang(t, 1)
	b.approve(t)
	if got := all(); got[201] < 1 || got[201]+got[202] != 16 {
		t.Errorf("approved: %v", got)
	}
	if got := all(); got[201] != 16 {
		t.Errorf("booked: %v", got)
	}
	b.rang(t, 1)
	b.paid(t, 1_00)
}

func TestAnApprovalOnThePhoneIsGoodForMinutes(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.approve(t)
	b.handler = b.process(refusing(3), nil) // the booking
	b.ask(t, "k1", rent).Want(t, 500, "internal_error")
	b.handler = b.process(nil, nil)
	b.clock.Pass(5*time.Minute + time.Second)
	b.ask(t, "k1", rent).Want(t, 403, "approval_expired")
	b.paid(t, 0)
}

// refusing are tables that refuse every transaction from the nth on.
func refusing(nth int) http.RoundTripper {
	next, n := dynamotest.Transport(), 0
	return testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if dynamotest.Operation(r) == "TransactWriteItems" {
			if n++; n >= nth {
				return dynamotest.Answer(400, "ValidationException", nil), nil
			}
		}
		return next.RoundTrip(r)
	})
}

func TestTheAnswerToAClaimThatAnotherProcessHasTakenOverIsDropped(t *testing.T) {
	b := openPhone(t)
	b.tenant.Break(func(http.ResponseWriter, *http.Request) { // while the first process waits for Auth0
		b.tenant.Break(nil)
		b.ask(t, "k1", euro).Want(t, 202, "")
		b.rang(t, 0)
		b.clock.Pass(16 * time.Second)
		b.ask(t, "k1", euro).Want(t, 202, "")
		b.rang(t, 1)
	})
	b.during(t.Context(), t, b.process(nil, nil), "k1").Want(t, 202, "")
	b.rang(t, 2)
	b.tenant.Approve(t) // the request that nobody follows
	b.clock.Pass(interval)
	b.ask(t, "k1", euro).Want(t, 202, "")
	b.tenant.ApproveAll()
	b.clock.Pass(interval)
	b.ask(t, "k1", euro).Want(t, 201, "")
	b.paid(t, 1_00)
}

func TestATokenThatComesLateStillApprovesUnlessTheKeyHasHadItsLastWord(t *testing.T) {
	for _, first := range []string{"the token", "the last word"} {
		t.Run(first, func(t *testing.T) {
			b := openPhone(t)
			b.ask(t, "k1", euro).Want(t, 202, "")
			b.approve(t)
			web := testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
				response, err := http.DefaultTransport.RoundTrip(r)
				b.clock.Pass(interval) // so that another process takes its turn
				if first == "the last word" {
					b.ask(t, "k1", euro).Want(t, 403, "approval_expired")
				} else {
					stuck := testkit.RoundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("unreachable") })
					b.during(t.Context(), t, b.process(nil, stuck), "k1").Want(t, 503, "unavailable")
				}
				return response, err
			})
			answer := b.during(t.Context(), t, b.process(nil, web), "k1")
			if first == "the token" {
				answer.Want(t, 201, "")
				b.paid(t, 1_00)
			} else {
				answer.Want(t, 403, "approval_expired")
				b.paid(t, 0)
			}
		})
	}
}
