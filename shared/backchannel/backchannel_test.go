package backchannel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/approval"
	"drawbridge/shared/backchannel"
	"drawbridge/shared/backchannel/backchanneltest"
	"drawbridge/shared/bank"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// phone is a client of a strict tenant, with a clock that both read.
type phone struct {
	*backchannel.Client
	tenant *backchanneltest.Tenant
	clock  *testkit.Clock
}

func ring(t *testing.T) phone {
	t.Helper()
	tenant, clock := backchanneltest.New(t), testkit.NewClock()
	tenant.Now = clock.Now
	return phone{backchannel.New(tenant.Config), tenant, clock}
}

func rent(reference bank.Reference) backchannel.Request {
	transfer := approval.Of(bank.TransferRequest{
		From: "1000000001-01", To: "1000000002-01", Amount: 250_00, Currency: "EUR", Key: "k1", Reference: reference,
	})
	return backchannel.Request{Subject: tokentest.Subject, Reference: reference, Transfer: transfer}
}

// asked is a request on the phone, and how to fetch what came of it.
func (p phone) asked(t *testing.T, r backchannel.Request) (fetch func() (time.Time, error)) {
	t.Helper()
	at := p.clock.Now()
	asked, err := p.Ask(t.Context(), r)
	testkit.Must(t, err)
	return func() (time.Time, error) { return p.Fetch(t.Context(), asked.ID, r, at, asked.Interval) }
}

func TestThePhoneShowsWhatIsExecuted(t *testing.T) {
	p := ring(t)
	asked, err := p.Ask(t.Context(), rent(""))
	testkit.Must(t, err)
	push := p.tenant.Pushes()[0]
	want := `[map[instruction:Approve this transfer properties:map[` +
		`amount:map[display:true display_order:1 name:Amount value:250.00 EUR] ` +
		`from:map[display:true display_order:3 name:From value:1000000001-01] ` +
		`key:map[display:false value:` + rent("").Transfer.Key + `] ` +
		`payee:map[display:true display_order:2 name:To value:1000000002-01]] ` +
		`type:urn:auth0:schemas:authorization-details:v1:transfer]]`
	if got := fmt.Sprint(push.Details); got != want {
		t.Errorf("shown is %s\nwant     %s", got, want)
	}
	if push.Sub != tokentest.Subject || push.BindingMessage != "250.00_EUR_to_1000000002-01" ||
		asked.Interval != backchanneltest.Interval || asked.Lifetime != backchannel.Lifetime {
		t.Errorf("%+v, %+v", push, asked)
	}
}

func TestTheLargestTransferThereIsCanBeAsked(t *testing.T) {
	p := ring(t)
	r := rent(bank.Reference(strings.Repeat("🏠", bank.MaxReference)))
	r.Transfer.Amount, r.Transfer.Currency = bank.MaxAmount, "KWD"
	fetch := p.asked(t, r)
	shown := fmt.Sprint(p.tenant.Pushes()[0].Details)
	if !strings.Contains(shown, "reference:map[display:true display_order:4 name:Reference value:🏠") {
		t.Errorf("shown is %s", shown)
	}
	p.clock.Pass(backchanneltest.Interval)
	p.tenant.Approve(t)
	_, err := fetch()
	testkit.Must(t, err)
}

func TestAnApprovalComesOnce(t *testing.T) {
	p := ring(t)
	fetch := p.asked(t, rent("Rent 11/2026"))
	for range 3 {
		p.clock.Pass(backchanneltest.Interval)
		if _, err := fetch(); !errors.Is(err, backchannel.ErrPending) {
			t.Fatalf("before an answer: %v", err)
		}
	}
	p.tenant.Approve(t)
	p.clock.Pass(backchanneltest.Interval)
	if at, err := fetch(); err != nil || !at.Equal(p.clock.Now()) {
		t.Errorf("given at %v, %v", at, err)
	}
	p.clock.Pass(backchanneltest.Interval)
	if _, err := fetch(); !errors.Is(err, backchannel.ErrSpent) {
		t.Errorf("a second time: %v", err)
	}
}

func TestARefusalAndAnExpiredRequestAreNoApproval(t *testing.T) {
	p := ring(t)
	denied := p.asked(t, rent(""))
	p.tenant.Deny(t)
	p.clock.Pass(backchanneltest.Interval)
	if _, err := denied(); !errors.Is(err, backchannel.ErrRefused) {
		t.Errorf("denied: %v", err)
	}
	expired := p.asked(t, rent(""))
	p.tenant.Approve(t)
	p.clock.Pass(backchannel.Lifetime)
	if _, err := expired(); !errors.Is(err, backchannel.ErrRefused) {
		t.Errorf("expired: %v", err)
	}
}

func TestEachCallThatCameTooEarlyMakesTheNextLater(t *testing.T) {
	p := ring(t)
	r, at := rent(""), p.clock.Now()
	asked, err := p.Ask(t.Context(), r)
	testkit.Must(t, err)
	interval := asked.Interval
	for _, want := range []time.Duration{10 * time.Second, 15 * time.Second} {
		p.clock.Pass(time.Second)
		var slower *backchannel.SlowDown
		if _, err = p.Fetch(t.Context(), asked.ID, r, at, interval); !errors.As(err, &slower) || slower.Interval != want {
			t.Fatalf("%v, want %v", err, want)
		}
		interval = slower.Interval
	}
	p.clock.Pass(interval)
	if _, err := p.Fetch(t.Context(), asked.ID, r, at, interval); !errors.Is(err, backchannel.ErrPending) {
		t.Error(err)
	}
}

func TestTheSixthRequestOfAPersonWithinAMinuteIsPutOff(t *testing.T) {
	p := ring(t)
	for range 5 {
		p.asked(t, rent(""))
	}
	var busy *backchannel.Busy
	if _, err := p.Ask(t.Context(), rent("")); !errors.As(err, &busy) || busy.RetryAfter != time.Minute {
		t.Errorf("the sixth: %v", err)
	}
	p.clock.Pass(time.Minute)
	p.asked(t, rent(""))
}

func TestNobodyIsAskedWhomTheTenantDoesNotKnow(t *testing.T) {
	p := ring(t)
	r := rent("")
	r.Subject = "auth0|nobody"
	if _, err := p.Ask(t.Context(), r); !errors.Is(err, backchannel.ErrNobody) {
		t.Error(err)
	}
}

// The tests' tenant refuses a client that leaves out anything that Auth0 asks for.
func TestTheTenantRefusesAClientThatIsNotTheBank(t *testing.T) {
	p := ring(t)
	off := func(by time.Duration) func() time.Time { return func() time.Time { return p.clock.Now().Add(by) } }
	for name, change := range map[string]func(*backchannel.Config){
		"another client":       func(c *backchannel.Config) { c.ClientID = "another" },
		"another key":          func(c *backchannel.Config) { c.Key = tokentest.NewKey(t).Private },
		"a clock an hour slow": func(c *backchannel.Config) { c.Now = off(-time.Hour) },
		"a clock an hour fast": func(c *backchannel.Config) { c.Now = off(time.Hour) },
		"another audience":     func(c *backchannel.Config) { c.Audience = "https://another-api" },
		"another tenant's name": func(c *backchannel.Config) {
			c.Issuer = strings.Replace(c.Issuer, "127.0.0.1", "localhost", 1)
		},
	} {
		config := p.tenant.Config
		change(&config)
		if _, err := backchannel.New(config).Ask(t.Context(), rent("")); !errors.Is(err, backchannel.ErrUnwilling) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(p.tenant.Pushes()) != 0 {
		t.Error("a phone rang")
	}
}

func TestWhatTheTenantAnswersIsTakenForNoMoreThanItSays(t *testing.T) {
	p := ring(t)
	fetch := p.asked(t, rent(""))
	askErr := func() error { _, err := p.Ask(t.Context(), rent("")); return err }
	fetchErr := func() error { _, err := fetch(); return err }
	p.tenant.Handle("moved", func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
	long := `{"x":"` + strings.Repeat("x", 64<<10) + `"}`
	for name, c := range map[string]struct {
		status     int
		body       string
		ask, fetch error
	}{
		"an error page":        {500, "<html>", backchannel.ErrSilent, backchannel.ErrSilent},
		"an outage":            {503, `{"error":"temporarily_unavailable"}`, backchannel.ErrSilent, backchannel.ErrSilent},
		"nothing":              {200, "", backchannel.ErrSilent, backchannel.ErrSilent},
		"an empty object":      {200, "{}", backchannel.ErrSilent, backchannel.ErrSilent},
		"a list":               {200, "[]", backchannel.ErrSilent, backchannel.ErrSilent},
		"a member twice":       {200, `{"auth_req_id":"a","auth_req_id":"b","expires_in":300}`, backchannel.ErrSilent, nil},
		"no end":               {200, `{"auth_req_id":"a"}`, backchannel.ErrSilent, nil},
		"a token of no text":   {200, `{"access_token":7}`, nil, backchannel.ErrSilent},
		"a token that is none": {200, `{"access_token":"x"}`, nil, backchannel.ErrForeign},
		"too long":             {200, long, backchannel.ErrSilent, backchannel.ErrSilent},
		"an unknown error":     {400, `{"error":"no_such_thing"}`, backchannel.ErrUnwilling, backchannel.ErrUnwilling},
		"an error of no text":  {400, `{"error":7}`, backchannel.ErrUnwilling, backchannel.ErrUnwilling},
		"no error":             {400, "", backchannel.ErrUnwilling, backchannel.ErrUnwilling},
		"a redirect":           {302, "", backchannel.ErrUnwilling, backchannel.ErrUnwilling},
		"no client":            {401, `{"error":"invalid_client"}`, backchannel.ErrUnwilling, backchannel.ErrUnwilling},
		"may not be asked":     {403, `{"error":"access_denied"}`, backchannel.ErrNobody, nil},
		"expired":              {400, `{"error":"expired_token"}`, nil, backchannel.ErrRefused},
		"a foreign text":       {400, `{"error":"secret SECRET"}`, backchannel.ErrUnwilling, backchannel.ErrUnwilling},
	} {
		p.tenant.Break(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", p.tenant.URL+"moved")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		for _, call := range []struct {
			want error
			make func() error
		}{{c.ask, askErr}, {c.fetch, fetchErr}} {
			if call.want == nil {
				continue
			}
			err := call.make()
			if !errors.Is(err, call.want) {
				t.Errorf("%s: %v, want %v", name, err, call.want)
			}
			if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("%s: the error tells too much: %v", name, err)
			}
		}
	}
}

func TestASlowOrUnreachableTenantIsWaitedForSecondsAtMost(t *testing.T) {
	p := ring(t)
	release := make(chan struct{})
	p.tenant.Break(func(http.ResponseWriter, *http.Request) { <-release })
	ctx, cancel := context.WithTimeout(t.Context(), 2200*time.Millisecond) // of which 2 s are kept for the caller
	defer cancel()
	_, err := p.Ask(ctx, rent(""))
	if !errors.Is(err, backchannel.ErrSilent) || ctx.Err() != nil {
		t.Errorf("slow: %v, the caller's time: %v", err, ctx.Err())
	}
	close(release)
	config := p.tenant.Config
	config.Issuer = "http://127.0.0.1:1/"
	if _, err := backchannel.New(config).Ask(t.Context(), rent("")); !errors.Is(err, backchannel.ErrSilent) ||
		strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("unreachable: %v", err)
	}
}
