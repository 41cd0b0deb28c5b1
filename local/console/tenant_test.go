package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// journal is a tenant that tells what a test lets it tell.
type journal struct {
	told  atomic.Pointer[string]
	asked atomic.Int64
	ticks chan time.Time
}

func (j *journal) tells(entries string) { j.told.Store(&entries) }

func tellsOf(t *testing.T, entries string) (*journal, *Console) {
	t.Helper()
	j := &journal{ticks: make(chan time.Time)}
	j.tells(entries)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		j.asked.Add(1)
		if r.URL.Path != "/_tenant/actions" || *j.told.Load() == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(*j.told.Load()))
	}))
	t.Cleanup(s.Close)
	return j, open(t, Config{Tenant: s.URL + "/", Ticks: j.ticks})
}

const guardRuns = `[{"at":"2026-11-22T04:20:21.000Z","transaction":"t","action":"step-up-guard",
	"client":"Drawbridge Web","user":"alice@example.com",
	"requested_scopes":["openid","transfer:funds"],"result":"running","calls":[]}]`

func TestARunOfAnActionIsSeenToGoOn(t *testing.T) {
	j, o := tellsOf(t, guardRuns)
	c := connect(t, server(t, o))
	if _, run := c.next("run"); !strings.Contains(run, `"action":"step-up-guard","result":"running"`) {
		t.Error(run)
	}
	j.tells(strings.Replace(strings.Replace(guardRuns, "running", "done", 1), `"calls":[]`,
		`"calls":[{"call":"api.accessToken.setCustomClaim","args":["https://my-banking-api/mfa_at",1795321220]},`+
			`{"call":"api.idToken.setCustomClaim","args":["session_id","(43 characters)"]}]`, 1))
	j.ticks <- time.Now()
	_, run := c.next("run")
	for _, want := range []string{
		`"number":1`, `"result":"done"`, `"args":["https://my-banking-api/mfa_at","1795321220"]`,
		`"args":["session_id","(43 characters)"]`,
	} {
		if !strings.Contains(run, want) {
			t.Errorf("%s is not in %s", want, run)
		}
	}
}

func TestTheTenantIsAskedOnlyWhileSomebodyWatches(t *testing.T) {
	j, o := tellsOf(t, guardRuns)
	j.ticks <- time.Now()
	j.ticks <- time.Now() // it is taken when the first has been dealt with
	if n := j.asked.Load(); n != 0 {
		t.Fatalf("asked %d times for nobody", n)
	}
	connect(t, server(t, o)).next("run")
}

func TestATenantOutOfReachIsSaidToBe(t *testing.T) {
	j, o := tellsOf(t, "")
	c := connect(t, server(t, o))
	for state := ""; !strings.Contains(state, `"out of reach"`); {
		_, state = c.next("status")
	}
	j.tells(guardRuns)
	j.ticks <- time.Now()
	for state := ""; !strings.Contains(state, `"followed"`); {
		_, state = c.next("status")
	}
}

func TestWhatAnActionSaysIsShownWithoutCredentials(t *testing.T) {
	_, o := tellsOf(t, `[{"at":"a","action":"login-bridge","result":"threw: `+aSecret+`",
		"logs":["login-bridge: login refused, POST /nonce answered 403","secret `+aCode+`"],
		"calls":[{"call":"api.cache.set","args":["k",{"ttl":5,"value":"`+aSecret+`"}]}]}]`)
	_, run := connect(t, server(t, o)).next("run")
	for _, want := range []string{"login refused, POST /nonce answered 403", `{\"ttl\":5,`} {
		if !strings.Contains(run, want) {
			t.Errorf("%s is not in %s", want, run)
		}
	}
	if strings.Contains(run, aSecret[:20]) || strings.Contains(run, aCode[:20]) {
		t.Error("a secret is shown: " + run)
	}
}
