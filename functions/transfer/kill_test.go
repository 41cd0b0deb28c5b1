package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

const euro = `{"from":"1000000001-01","to":"1000000002-01","amount":"1.00","currency":"EUR"}`

// during sends a request to d within ctx.
func (b phoneBranch) during(ctx context.Context, t *testing.T, d *handler, key string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, d.route(), resttest.Call{
		Method: "POST", Path: "/transfer", Principal: b.looks(), Body: euro,
		Header: map[string]string{"Idempotency-Key": key}, Context: ctx,
	})
}

// persists is what an app and a person do after trouble: the same request again, a yes to whatever rings, and a new key
// where the old one has its last word. It returns how many keys were needed.
func (b phoneBranch) persists(t *testing.T, key string) (keys int) {
	t.Helper()
	for keys = 1; keys <= 2; keys++ {
		for range 8 {
			answer := b.ask(t, key, euro)
			switch answer.Status {
			case 201:
				return keys
			case 202, 503:
				b.tenant.ApproveAll()
				b.clock.Pass(20 * time.Second)
				continue
			}
			answer.Want(t, 403, "approval_expired")
			break
		}
		key += "-again"
	}
	t.Fatalf("%s was never booked", key)
	return 0
}

func TestWhereverTheFunctionIsKilledTheTransferIsBookedOnceOrCanBeApprovedAgain(t *testing.T) {
	b := openPhone(t)
	walks, again := bank.Amount(0), 0
	for phase, prepare := range map[string]func(key string){
		"asking": func(string) {},
		"fetching": func(key string) {
			b.ask(t, key, euro).Want(t, 202, "")
			b.approve(t)
		},
	} {
		steps := 0
		for n, killed := 1, true; killed; n++ {
			for _, after := range []bool{false, true} {
				key := fmt.Sprintf("%s-%d-%v", phase, n, after)
				b.clock.Pass(time.Hour) // so that the phone may ring again
				prepare(key)
				ctx, cancel := context.WithCancel(t.Context())
				l := &testkit.Life{Calls: n, After: after, End: cancel}
				web := l.Over(&http.Transport{DisableKeepAlives: true})
				b.during(ctx, t, b.process(l.Over(dynamotest.Transport()), web), key)
				cancel()
				killed = l.Ended()
				rang := len(b.tenant.Pushes())
				keys := b.persists(t, key)
				again += keys - 1
				if extra := len(b.tenant.Pushes()) - rang; extra > 1 {
					t.Errorf("%s: the phone rang %d times more", key, extra)
				}
				if phase == "asking" && keys > 1 {
					t.Errorf("%s: the key is lost, though nobody had approved", key)
				}
				walks++
				b.paid(t, walks*1_00)
			}
			steps = n
		}
		t.Logf("%s: killed before and after each of %d calls", phase, steps-1)
		if steps < 6 {
			t.Errorf("%s: only %d calls", phase, steps-1)
		}
	}
	// A token is lost where the process ends with it in its hands: after the fetch, the keys, and before "approved".
	if again == 0 || again > 5 {
		t.Errorf("%d walks needed a second approval", again)
	}
}

// flaky loses requests to Auth0, and answers.
func flaky(seed uint64) http.RoundTripper {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	return testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		kind := random.IntN(10)
		mu.Unlock()
		if kind == 0 {
			return nil, errors.New("connection refused")
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || kind > 2 {
			return response, err
		}
		_ = response.Body.Close()
		if kind == 1 {
			return nil, io.ErrUnexpectedEOF
		}
		return &http.Response{StatusCode: 502, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>"))}, nil
	})
}

func TestUnderAnyTroubleAKeyIsBookedOnceAndOnlyIfItWasApproved(t *testing.T) {
	b := openPhone(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	faults := dynamotest.NewFaults()
	web := flaky(seed)
	answers := map[string]int{}
	var mu sync.Mutex
	booked := bank.Amount(0)
	for n := 0; n < 6 || booked < 3_00 && n < 50; n++ {
		key := fmt.Sprintf("k%d", n)
		b.clock.Pass(time.Hour)
		done := false
		for range 6 {
			together := sync.WaitGroup{}
			for worker := range 2 {
				together.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
					defer cancel()
					trouble := &dynamotest.Trouble{Rate: 0.15, Rand: rand.New(rand.NewPCG(seed, uint64(n*10+worker))), Kill: cancel}
					answer := b.during(dynamotest.WithTrouble(ctx, trouble), t, b.process(faults, web), key)
					mu.Lock()
					defer mu.Unlock()
					if ctx.Err() != nil { // killed: nobody sees the answer
						return
					}
					if answer.Status == 500 {
						t.Errorf("%s: %s", key, answer.Body)
					}
					answers[fmt.Sprint(answer.Status, " ", answer.Member(t, "code"))]++
					done = done || answer.Status == 201
				})
			}
			together.Wait()
			if n%5 != 0 { // every fifth is never approved
				b.tenant.ApproveAll()
			}
			b.clock.Pass(20 * time.Second)
		}
		if final := b.ask(t, key, euro); final.Status == 201 {
			booked += 1_00
		} else if done {
			t.Errorf("%s was booked, and then answered %d %s", key, final.Status, final.Body)
		}
		if n%5 == 0 && done {
			t.Errorf("%s was booked without an approval", key)
		}
		b.paid(t, booked)
	}
	t.Logf("booked %d, answers %v, faults %v", booked, answers, faults.Injected())
	if booked < 3_00 {
		t.Error("too few were booked to tell")
	}
}

func TestWhileTheOutcomeIsUnknownTheAnswerSaysSoAndTheSameRequestLearnsIt(t *testing.T) {
	b := openPhone(t)
	b.handler = b.process(testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := dynamotest.Transport().RoundTrip(r)
		if err == nil && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "TransactWriteItems") {
			return nil, errors.Join(io.ErrUnexpectedEOF, response.Body.Close()) // carried out, the answer lost
		}
		return response, err
	}), nil)
	p := approved("a1")
	p.ExpiresAt, p.MFAAt = b.clock.Now().Add(time.Hour), b.clock.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	answer := resttest.Do(t, b.handler.route(), resttest.Call{
		Method: "POST", Path: "/transfer", Principal: p, Body: euro, Context: ctx,
		Header: map[string]string{"Idempotency-Key": "k1"},
	})
	answer.Want(t, 503, "unavailable")
	if !strings.Contains(answer.Body, "not known whether the money has moved") {
		t.Errorf("it says %s", answer.Body)
	}
	b.paid(t, 1_00)
	b.handler = b.process(nil, nil)
	b.post(t, p, "k1", euro).Want(t, 201, "")
	b.paid(t, 1_00)
}
