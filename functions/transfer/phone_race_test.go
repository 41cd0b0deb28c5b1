package main

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/rest/resttest"
)

func TestSixteenEqualRequestsAtOnceAreOnePushAndOneBooking(t *testing.T) {
	b := openPhone(t)
	all := func() map[int]int {
		var mu sync.Mutex
		answers, together := map[int]int{}, sync.WaitGroup{}
		for range 16 {
			d := b.process(nil, nil)
			together.Go(func() {
				answer := resttest.Do(t, d.route(), resttest.Call{
					Method: "POST", Path: "/transfer", Principal: b.looks(), Body: rent,
					Header: map[string]string{"Idempotency-Key": "k1"},
				})
				mu.Lock()
				defer mu.Unlock()
				answers[answer.Status]++
			})
		}
		together.Wait()
		return answers
	}
	if got := all(); got[202] != 16 {
		t.Errorf("asked: %v", got)
	}
	b.rang(t, 1)
	b.tenant.Approve(t)
	b.clock.Pass(interval)
	if got := all(); got[201] < 1 || got[201]+got[202] != 16 {
		t.Errorf("approved: %v", got)
	}
	if got := all(); got[201] != 16 {
		t.Errorf("booked: %v", got)
	}
	b.rang(t, 1)
	b.paid(t, 250_00)
}

func TestAnApprovalOnThePhoneIsGoodForMinutes(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.tenant.Approve(t)
	b.clock.Pass(interval)
	refuse := &refusing{next: dynamotest.Transport(), operation: "TransactWriteItems", from: 3} // the booking
	b.handler = b.process(refuse, nil)
	b.ask(t, "k1", rent).Want(t, 500, "internal_error")
	b.handler = b.process(nil, nil)
	b.clock.Pass(5*time.Minute + time.Second)
	b.ask(t, "k1", rent).Want(t, 403, "approval_expired")
	b.paid(t, 0)
}

// refusing refuses an operation, from the nth on.
type refusing struct {
	next      http.RoundTripper
	operation string
	from, n   int
}

func (f *refusing) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), f.operation) {
		if f.n++; f.n >= f.from {
			body := `{"__type":"com.amazon.coral.validate#ValidationException","message":"refused"}`
			return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
	}
	return f.next.RoundTrip(r)
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
			b.tenant.Approve(t)
			b.clock.Pass(interval)
			web := roundTrip(func(r *http.Request) (*http.Response, error) {
				response, err := http.DefaultTransport.RoundTrip(r)
				b.clock.Pass(interval) // so that another process takes its turn
				if first == "the last word" {
					b.ask(t, "k1", euro).Want(t, 403, "approval_expired")
				} else {
					stuck := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("unreachable") })
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
