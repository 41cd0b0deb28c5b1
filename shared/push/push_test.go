package push_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/backchannel/backchanneltest"
	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/push"
	"drawbridge/shared/testkit"
)

// What a caller of POST /transfer sees of the pushes is tested there. Here is what one who waits does not see.

const alice = identity.Person("auth0|alice")

// phone is alice's, at a bank with a clock that the test moves.
type phone struct {
	*push.Pushes
	tenant *backchanneltest.Tenant
	clock  *testkit.Clock
	db     *dynamotest.DB
	t      *testing.T
}

func newPhone(t *testing.T) phone {
	t.Helper()
	p := phone{tenant: backchanneltest.New(t), clock: testkit.NewClock(), db: dynamotest.New(t), t: t}
	p.tenant.Phones[string(alice)], p.tenant.Now = true, p.clock.Now
	p.Pushes = push.New(push.Config{
		Client: p.db.Client, Table: p.db.Tables["ApprovalsTable"], Phone: backchannel.New(p.tenant.Config),
		Tenant: identity.Main, MaxAge: 5 * time.Minute, Now: p.clock.Now,
	})
	return p
}

func request(key string) bank.TransferRequest {
	return bank.TransferRequest{
		CustomerID: "1000000001", Key: bank.IdempotencyKey(key), From: "1000000001-01", To: "1000000002-01",
		Amount: 1_00, Currency: "EUR",
	}
}

func (p phone) find(key string) push.Push {
	p.t.Helper()
	found, err := p.Find(p.t.Context(), request(key))
	testkit.Must(p.t, err)
	return found
}

func (p phone) ask(key string) (push.Push, error) {
	return p.Ask(p.t.Context(), request(key), p.find(key), alice)
}

func (p phone) follow(key string) push.Push {
	p.t.Helper()
	followed, err := p.Follow(p.t.Context(), request(key), p.find(key))
	testkit.Must(p.t, err)
	return followed
}

// answers makes the tenant answer so, whatever it is asked.
func (p phone) answers(status, retryAfter int, body string) {
	p.tenant.Break(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", fmt.Sprint(retryAfter))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// Above the time-out of the function, 10 s, so that no process is overtaken while it lives.
func TestWhileOneProcessAsksNoOtherDoesForFifteenSeconds(t *testing.T) {
	p := newPhone(t)
	p.tenant.Break(func(http.ResponseWriter, *http.Request) {
		p.tenant.Break(nil)
		p.clock.Pass(15*time.Second - time.Millisecond)
		if other, err := p.ask("k1"); other.State != push.Asking || other.Changed || err != nil {
			t.Errorf("meanwhile: %+v, %v", other, err)
		}
		if n := len(p.tenant.Pushes()); n != 0 {
			t.Errorf("it rang %d times", n)
		}
	})
	if asked, err := p.ask("k1"); asked.State != push.Asked || !asked.Changed || err != nil {
		t.Errorf("%+v, %v", asked, err)
	}
}

func TestAPushThatMayHaveRungCountsAndOneThatAuth0RefusedDoesNot(t *testing.T) {
	for status, counts := range map[int]bool{503: true, 400: false} {
		p := newPhone(t)
		p.answers(status, 0, `{"error":"server_error"}`)
		for n := range push.PerHour {
			if _, err := p.ask(fmt.Sprint("k", n)); !errors.Is(err, push.ErrUnavailable) {
				t.Errorf("%d: %v", status, err)
			}
		}
		p.tenant.Break(nil)
		var tooMany *push.TooMany
		if _, err := p.ask("one-more"); errors.As(err, &tooMany) != counts {
			t.Errorf("after answers of %d: %v", status, err)
		}
	}
}

// Auth0 says access_denied of a request that has expired, too.
func TestANoInTheLastSecondIsTheEndOfTheTime(t *testing.T) {
	for after, want := range map[time.Duration]push.State{
		298 * time.Second: push.Denied, 299 * time.Second: push.Expired,
	} {
		p := newPhone(t)
		_, err := p.ask("k1")
		testkit.Must(t, err)
		p.tenant.Deny(t)
		p.clock.Pass(after)
		if said := p.follow("k1"); said.State != want || !said.Changed {
			t.Errorf("after %s: %+v", after, said)
		}
	}
}

func TestAPollThatIsPutOffChangesNoStateAndKeepsTheInterval(t *testing.T) {
	for name, c := range map[string]struct {
		status, retryAfter int
		body               string
		next               time.Duration
	}{
		"pending":       {400, 0, `{"error":"authorization_pending"}`, 5 * time.Second},
		"busy a second": {429, 1, ``, 5 * time.Second},
		"slow down":     {400, 0, `{"error":"slow_down"}`, 10 * time.Second},
	} {
		p := newPhone(t)
		_, err := p.ask("k1")
		testkit.Must(t, err)
		p.clock.Pass(5 * time.Second)
		p.answers(c.status, c.retryAfter, c.body)
		said := p.follow("k1")
		if said.State != push.Asked || said.Changed || said.NextAt.Sub(p.clock.Now()) != c.next {
			t.Errorf("%s: %+v", name, said)
		}
	}
}

func TestTheRowOfAPushIsSweptAMonthAfterItWasAsked(t *testing.T) {
	p := newPhone(t)
	_, err := p.ask("k1")
	testkit.Must(t, err)
	p.tenant.Approve(t)
	p.clock.Pass(5 * time.Second)
	p.follow("k1")
	for _, row := range p.db.Items(t, "ApprovalsTable") {
		if row["state"] == nil {
			continue // the counter
		}
		if left := dynamo.TimeOf(row["expires_at"]).Sub(p.find("k1").AskedAt); left != 31*24*time.Hour {
			t.Errorf("it is swept after %s", left)
		}
		if id := dynamo.TextOf(row["auth_req_id"]); id != "" {
			t.Error("it keeps an auth_req_id that is of no use any more")
		}
	}
}
