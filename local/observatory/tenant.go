package observatory

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	mostAnswer  = 4 << 20 // bytes
	mostCalls   = 40
	mostActions = 20 // log lines of one run
)

// tenant is asked for what its Actions did.
type tenant struct {
	address string
	client  *http.Client
	seen    map[string]string // by key, the run as it was last told
}

// look makes follow ask now.
func (o *Observatory) look() {
	select {
	case o.watched <- struct{}{}:
	default:
	}
}

// follow asks at each tick while there are streams, and not at all while there are none.
func (o *Observatory) follow(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.watched:
		case <-ticks:
			if o.streams.Load() == 0 {
				continue
			}
		}
		state := "followed"
		if err := o.ask(ctx); err != nil {
			state = "out of reach" // it may be starting, or have ended: the next time tells
		}
		if ctx.Err() == nil {
			o.ring.say(func(s Status) Status { s.Tenant = state; return s })
		}
	}
}

// ask reads the journal and keeps the runs that are new or have changed.
func (o *Observatory) ask(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.tenant.address, nil)
	if err != nil {
		return err
	}
	response, err := o.tenant.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the tenant answers %d", response.StatusCode)
	}
	var told []json.RawMessage
	if err := json.NewDecoder(io.LimitReader(response.Body, mostAnswer)).Decode(&told); err != nil {
		return err
	}
	now := map[string]string{}
	for _, raw := range told {
		var e entryOfJournal
		if json.Unmarshal(raw, &e) != nil {
			continue // of another shape than our tenant's: nothing in it is known to be safe to show
		}
		key := e.At + " " + e.Transaction + " " + e.Action
		now[key] = string(raw)
		if o.tenant.seen[key] != string(raw) {
			put(o.ring, &o.ring.runs, key, true, func(number uint64, _ Run) Run { return e.run(number) })
		}
	}
	o.tenant.seen = now
	return nil
}

// entryOfJournal is a run as the tenant tells it (auth0/local/journal.js).
type entryOfJournal struct {
	At          string   `json:"at"`
	Transaction string   `json:"transaction"`
	Action      string   `json:"action"`
	Protocol    string   `json:"protocol"`
	Client      string   `json:"client"`
	User        string   `json:"user"`
	Scopes      []string `json:"requested_scopes"`
	Result      string   `json:"result"`
	MS          float64  `json:"duration_ms"`
	Calls       []struct {
		Call string            `json:"call"`
		Args []json.RawMessage `json:"args"`
	} `json:"calls"`
	Logs []string `json:"logs"`
}

// run is what is shown of it.
func (e entryOfJournal) run(number uint64) Run {
	r := Run{
		Number: number, At: plain(e.At), Action: plain(e.Action), Result: plain(e.Result), MS: e.MS,
		Client: plain(e.Client), User: plain(e.User), Protocol: plain(e.Protocol),
	}
	for _, scope := range e.Scopes[:min(len(e.Scopes), 20)] {
		r.Scopes = append(r.Scopes, plain(scope))
	}
	for _, call := range e.Calls[:min(len(e.Calls), mostCalls)] {
		shown := Call{Name: plain(call.Call)}
		for _, raw := range call.Args[:min(len(call.Args), 4)] {
			shown.Arguments = append(shown.Arguments, argument(raw))
		}
		r.Calls = append(r.Calls, shown)
	}
	for _, line := range e.Logs[:min(len(e.Logs), mostActions)] {
		r.Logs = append(r.Logs, plain(line))
	}
	return r
}

// argument is a text as it is, and anything else as JSON. The tenant has left the values of texts out already.
func argument(raw json.RawMessage) string {
	var text string
	if raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
		return plain(text)
	}
	return plain(string(raw))
}
