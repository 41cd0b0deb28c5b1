package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// watcher keeps what the console's stream sends, as its page does: the newest state of each request and run.
type watcher struct {
	t        *testing.T
	events   chan [2]string // kind, data
	sent     strings.Builder
	requests map[float64]map[string]any
	states   map[float64]int // how many states of each request were sent
	runs     map[float64]map[string]any
}

// watch looks at the console from now on.
func (s *system) watch(t *testing.T) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, "GET", s.API+"/_drawbridge/events", nil)
	testkit.Must(t, err)
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the console's events: %v, %v", response, err)
	}
	w := &watcher{
		t: t, events: make(chan [2]string, 1000), requests: map[float64]map[string]any{}, states: map[float64]int{},
		runs: map[float64]map[string]any{},
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		kind := ""
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
			case "event":
				kind = value
			case "data":
				select {
				case w.events <- [2]string{kind, value}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return w
}

// until takes events in until what is asked for is there.
func (w *watcher) until(what string, is func() bool) {
	w.t.Helper()
	late := time.After(10 * time.Second)
	for !is() {
		select {
		case event := <-w.events:
			w.take(event[0], event[1])
		case <-late:
			w.t.Fatalf("the console has not shown %s; it has shown\n%s", what, w.sent.String())
		}
	}
}

func (w *watcher) take(kind, data string) {
	w.t.Helper()
	w.sent.WriteString(data + "\n")
	var value map[string]any
	testkit.Must(w.t, json.Unmarshal([]byte(data), &value))
	switch number, _ := value["number"].(float64); kind {
	case "request":
		w.requests[number] = value
		w.states[number]++
	case "run":
		w.runs[number] = value
	}
}

// request waits for the answer of the request with an id.
func (w *watcher) request(id string) (shown map[string]any, states int) {
	w.t.Helper()
	w.until("the request "+id, func() bool {
		for number, r := range w.requests {
			if r["id"] == id && r["answer"] != nil {
				shown, states = r, w.states[number]
			}
		}
		return shown != nil
	})
	return shown, states
}

// in follows names and positions through JSON.
func in(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	testkit.Must(t, err)
	return string(out)
}

func wantShown(t *testing.T, shown any, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if out := text(t, shown); !strings.Contains(out, part) {
			t.Errorf("%s is not in %s", part, out)
		}
	}
}

func TestTheConsoleShowsALoginARefusalAndATransferAsTheyGo(t *testing.T) {
	t.Parallel()
	s := startOne(t)
	console := s.watch(t)
	browser := newBrowser(t, s)
	daily := browser.login(viewBalance, alice, isNotAsked)
	login := s.trade(t, daily.IDToken)
	wantStatus(t, login, http.StatusOK)
	code := login.member(t, "authorization_code").(string)
	s.balances(t, code)
	rent := payment{alice.account, bob.account, "25.00", "EUR"}
	refused := s.transfer(t, daily.AccessToken, random(), rent)
	wantRefusal(t, refused, http.StatusForbidden, "insufficient_scope")
	stepUp := browser.login(stepUpScope, alice, approves)
	paid := s.transfer(t, stepUp.AccessToken, random(), rent)
	wantStatus(t, paid, http.StatusCreated)
	forged := daily.AccessToken[:strings.LastIndex(daily.AccessToken, ".")+1] + strings.Repeat("A", 342)
	denied := s.balance(t, forged)
	direct := s.directLogin(t, bob)

	t.Run("a login by id_token, with the token decoded", func(t *testing.T) {
		shown, _ := console.request(login.header.Get("X-Amzn-Requestid"))
		wantShown(t, in(shown, "credentials", 0), `"source":"id_token"`, `"name":"session_id","withheld":true`,
			`"name":"iss"`)
		wantShown(t, shown["operations"], `"action":"DeleteItem","items":1,"table":"NoncesTable"`,
			`"action":"PutItem","items":1,"table":"SessionsTable"`)
		if shown["authorizer"] != nil {
			t.Errorf("the route is public: %s", text(t, shown["authorizer"]))
		}
	})
	t.Run("a transfer that the function refuses", func(t *testing.T) {
		shown, _ := console.request(refused.header.Get("X-Amzn-Requestid"))
		if in(shown, "authorizer", "decision") != "allowed" || in(shown, "authorizer", "reason") != "verified" ||
			in(shown, "function", "reason") != "insufficient_scope" || in(shown, "answer", "status") != 403.0 {
			t.Errorf("%s", text(t, shown))
		}
		wantShown(t, in(shown, "credentials", 0), `"name":"scope","value":"openid view:balance"`)
		if strings.Contains(text(t, shown["operations"]), "TransactWriteItems") {
			t.Error("money was touched")
		}
	})
	t.Run("a transfer that pays, step by step", func(t *testing.T) {
		shown, states := console.request(paid.header.Get("X-Amzn-Requestid"))
		wantShown(t, in(shown, "credentials", 0), `"value":"openid transfer:funds"`,
			`"name":"https://my-banking-api/mfa_at","time":true`, `"name":"alg","value":"RS256"`)
		wantShown(t, shown["operations"], `"function":"TransferFunction","ms"`, `"name":"TransactWriteItems"`,
			`{"action":"UpdateItem","items":2,"table":"AccountsTable"}`,
			`{"action":"PutItem","items":2,"table":"LedgerTable"}`, `"table":"TransfersTable"`, `"table":"ApprovalsTable"`)
		if in(shown, "authorizer", "decision") != "allowed" || in(shown, "authorizer", "function") != "AuthorizerFunction" ||
			in(shown, "function", "logs", 0) == nil {
			t.Errorf("%s", text(t, shown))
		}
		if states < 3 {
			t.Errorf("it did not grow: %d states were sent", states)
		}
	})
	t.Run("a token that the authorizer denies", func(t *testing.T) {
		shown, _ := console.request(denied.header.Get("X-Amzn-Requestid"))
		if in(shown, "authorizer", "decision") != "denied" || in(shown, "authorizer", "reason") != "signature_mismatch" ||
			shown["function"] != nil ||
			in(shown, "answer", "gateway_response") != "ACCESS_DENIED" {
			t.Errorf("%s", text(t, shown))
		}
	})
	t.Run("the Actions with their api calls", func(t *testing.T) {
		console.until("the Actions of the step-up", func() bool {
			runs := text(t, runsOf(console))
			return strings.Contains(runs, `"args":["https://my-banking-api/mfa_at","`) &&
				strings.Contains(runs, `"api.authentication.challengeWith"`) &&
				strings.Contains(runs, `"args":["session_id","(`)
		})
	})
	t.Run("no secret in any event, and the same after a reload", func(t *testing.T) {
		again := s.watch(t)
		again.request(denied.header.Get("X-Amzn-Requestid"))
		again.request(login.header.Get("X-Amzn-Requestid"))
		for name, secret := range map[string]string{
			"the daily token's signature": signature(daily.AccessToken),
			"the step-up's signature":     signature(stepUp.AccessToken),
			"the id_token's signature":    signature(daily.IDToken), "the forged signature": strings.Repeat("A", 40),
			"the session_id": claims(t, daily.IDToken)["session_id"].(string), "the traded code": code[4:],
			"the direct code":  direct[4:],
			"alice's password": alice.password, "alice's bank password": alice.bankPassword,
			"bob's bank password": bob.bankPassword,
			"the token itself":    daily.AccessToken[:60],
		} {
			for _, spelt := range []string{secret, url.QueryEscape(secret)} {
				if strings.Contains(console.sent.String(), spelt) || strings.Contains(again.sent.String(), spelt) {
					t.Errorf("%s is in an event", name)
				}
			}
		}
	})
}

func runsOf(w *watcher) (list []any) {
	for _, run := range w.runs {
		list = append(list, run)
	}
	return list
}

func signature(token string) string { return token[strings.LastIndex(token, ".")+1:][:40] }

// Several processes of a function share the address of its tables: the trace, not the time, says whose operation it is.
func TestOperationsOfRequestsAtTheSameInstantAreTheirOwn(t *testing.T) {
	code := shared.directLogin(t, alice)
	console := shared.watch(t)
	const many = 12
	answers := make([]reply, many)
	testkit.Together(many, func(i int) { answers[i] = shared.balance(t, code) })
	for _, answer := range answers {
		shown, _ := console.request(answer.header.Get("X-Amzn-Requestid"))
		queries := strings.Count(text(t, shown["operations"]), `"name":"Query"`)
		if in(shown, "answer", "status") != 200.0 || queries != 1 {
			t.Errorf("%d queries of the accounts for one balance: %s", queries, text(t, shown["operations"]))
		}
	}
}
