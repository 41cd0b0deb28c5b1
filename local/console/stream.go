package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	mostStreams = 16
	// patience is how long a write may take before the stream ends.
	patience = 5 * time.Second
	// heartbeat is how often an idle stream writes, to notice that its client has gone.
	heartbeat = 15 * time.Second
)

// stream sends what has changed since the client's last event, and goes on as more changes.
func (c *Console) stream(w http.ResponseWriter, r *http.Request) {
	if c.streams.Add(1) > mostStreams {
		c.streams.Add(-1)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many consoles are open", http.StatusServiceUnavailable)
		return
	}
	defer c.streams.Add(-1)
	c.look() // at the tenant, now that somebody watches

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := &sender{w: w, control: http.NewResponseController(w), patience: c.patience}
	out.write(fmt.Sprintf("retry: 1000\nevent: hello\ndata: {\"epoch\":%q,\"capacity\":%d}\n\n", c.epoch, capacity))

	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for cursor := c.cursor(r); out.err == nil; {
		events, changed := c.ring.after(cursor)
		for _, e := range events {
			data, err := json.Marshal(e.value)
			if err != nil {
				panic("console: an event that is not JSON: " + err.Error()) // types of ours: cannot happen
			}
			out.write(fmt.Sprintf("id: %s-%d\nevent: %s\ndata: %s\n\n", c.epoch, e.sequence, e.kind, data))
			cursor = e.sequence
		}
		out.flush()
		select {
		case <-changed:
		case <-tick.C:
			out.write(":\n\n")
		case <-r.Context().Done():
			return
		case <-c.open.Done():
			return
		}
	}
}

// cursor is where the client resumes: at the header of a reconnection, or at ?after= of a page that was hidden. Ids of
// another start of the runner count as none.
func (c *Console) cursor(r *http.Request) uint64 {
	id := r.Header.Get("Last-Event-ID")
	if id == "" {
		id = r.URL.Query().Get("after")
	}
	epoch, sequence, _ := strings.Cut(id, "-")
	n, err := strconv.ParseUint(sequence, 10, 64)
	if epoch != c.epoch || err != nil {
		return 0
	}
	return n
}

// sender writes until the first error. A client that does not read in time is an error.
type sender struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
	err      error
}

func (s *sender) write(text string) {
	if s.err != nil {
		return
	}
	// Where there is no deadline, as in a recorder, there is nothing to wait for.
	_ = s.control.SetWriteDeadline(time.Now().Add(s.patience))
	_, s.err = s.w.Write([]byte(text))
}

func (s *sender) flush() {
	if s.err == nil {
		s.err = s.control.Flush()
	}
}
