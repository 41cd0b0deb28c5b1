package console

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	mostAnswer    = 4 << 20 // bytes
	mostScopes    = 20
	mostCalls     = 40
	mostArguments = 4
)

// tenant is asked for what its Actions did.
type tenant struct {
	address string
	client  *http.Client
	seen    map[string]string // by key, the run as it was last told
}

// look makes follow ask now.
func (c *Console) look() {
	select {
	case c.watched <- struct{}{}:
	default:
	}
}

// follow asks at each tick while there are streams, and not at all while there are none.
func (c *Console) follow(ticks <-chan time.Time) {
	for {
		select {
		case <-c.open.Done():
			return
		case <-c.watched:
		case <-ticks:
			if c.streams.Load() == 0 {
				continue
			}
		}
		state := "followed"
		if err := c.ask(); err != nil {
			state = "out of reach" // it may be starting, or have ended: the next time tells
		}
		if c.open.Err() == nil {
			c.ring.say(func(s status) status { s.Tenant = state; return s })
		}
	}
}

// ask reads the journal and keeps the runs that are new or have changed.
func (c *Console) ask() error {
	request, err := http.NewRequestWithContext(c.open, http.MethodGet, c.tenant.address, nil)
	if err != nil {
		return err
	}
	response, err := c.tenant.client.Do(request)
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
		var e struct {
			run
			Transaction string `json:"transaction"`
		}
		if json.Unmarshal(raw, &e) != nil {
			continue // of another shape than our tenant's: nothing in it is known to be safe to show
		}
		e.limit()
		key := fmt.Sprint(e.At, " ", e.Transaction, " ", e.Action)
		now[key] = string(raw)
		if c.tenant.seen[key] != string(raw) {
			put(c.ring, &c.ring.runs, key, true, func(number uint64, _ run) run {
				e.Number = number
				return e.run
			})
		}
	}
	c.tenant.seen = now
	return nil
}

// limit keeps the first parts of a run that has too many.
func (r *run) limit() {
	r.Scopes = r.Scopes[:min(len(r.Scopes), mostScopes)]
	r.Calls = r.Calls[:min(len(r.Calls), mostCalls)]
	for i, call := range r.Calls {
		r.Calls[i].Arguments = call.Arguments[:min(len(call.Arguments), mostArguments)]
	}
	r.Logs = r.Logs[:min(len(r.Logs), mostLines)]
}
