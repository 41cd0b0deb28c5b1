package metering

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const (
	targetPrefix = "DynamoDB_20120810."
	readBlock    = 4 << 10
	writeBlock   = 1 << 10
)

// units are DynamoDB's request units.
type units struct{ reads, writes float64 }

func (u units) plus(other units) units {
	return units{u.reads + other.reads, u.writes + other.writes}
}

// trips are round trips to DynamoDB: of transactions, and of all else.
type trips struct{ plain, transactions int }

// consumption is what a function consumed of DynamoDB.
type consumption struct {
	units
	trips
}

// meter stands in front of the engine and adds up what passes.
type meter struct {
	t      testing.TB
	engine string
	keys   map[string][]string // the key attributes of each table, by its name

	mu   sync.Mutex
	used map[string]consumption // by the function's name
	// largest is the size of the largest item written, by table.
	largest map[string]int
}

// serve starts the meter for one function, and returns where it is.
func (m *meter) serve(function string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.pass(function, w, r) }))
	m.t.Cleanup(server.Close)
	return server.URL
}

// reading returns what passed since the last reading.
func (m *meter) reading() map[string]consumption {
	m.mu.Lock()
	defer m.mu.Unlock()
	used := m.used
	m.used = map[string]consumption{}
	return used
}

func (m *meter) pass(function string, w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	var asked request
	mustDecode(json.Unmarshal(payload, &asked))
	writes := m.writes(operation, asked)
	before := m.sizes(r.Header, writes)
	status, answer := m.send(r.Header, withCapacity(payload))
	after := m.sizes(r.Header, writes)
	consumed := m.consumed(operation, asked, writes, before, after, answer)
	m.compare(operation, consumed, answer)

	m.mu.Lock()
	c := m.used[function]
	c.units = c.units.plus(consumed)
	if strings.HasPrefix(operation, "Transact") {
		c.transactions++
	} else {
		c.plain++
	}
	m.used[function] = c
	m.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

// compare holds the computed units to the engine's. For a cancelled transaction and a failed condition it tells none.
func (m *meter) compare(operation string, computed units, answer []byte) {
	var told struct{ ConsumedCapacity json.RawMessage }
	mustDecode(json.Unmarshal(answer, &told))
	if told.ConsumedCapacity == nil {
		return
	}
	type table struct{ CapacityUnits float64 }
	var several []table
	if json.Unmarshal(told.ConsumedCapacity, &several) != nil {
		var one table
		mustDecode(json.Unmarshal(told.ConsumedCapacity, &one))
		several = []table{one}
	}
	engine := 0.0
	for _, t := range several {
		engine += t.CapacityUnits
	}
	if total := computed.reads + computed.writes; engine != total {
		m.t.Errorf("%s consumes %v units by AWS's rule, and %v by the engine's account: %s", operation, total, engine,
			told.ConsumedCapacity)
	}
}

// sizes reads how large the items are now; one that is not there has no bytes. The headers are those of the function's
// request: an engine on this machine wants to see a signature, and does not check it.
func (m *meter) sizes(signed http.Header, writes []write) []int {
	header := signed.Clone()
	header.Set("X-Amz-Target", targetPrefix+"GetItem")
	sizes := make([]int, len(writes))
	for i, w := range writes {
		payload, err := json.Marshal(map[string]any{"TableName": w.table, "Key": w.key, "ConsistentRead": true})
		mustDecode(err)
		status, answer := m.send(header, payload)
		if status != http.StatusOK {
			m.t.Errorf("the meter's own read: %d %s", status, answer)
		}
		var found struct{ Item item }
		mustDecode(json.Unmarshal(answer, &found))
		sizes[i] = found.Item.size()
	}
	return sizes
}

func (m *meter) send(header http.Header, payload []byte) (status int, answer []byte) {
	r, err := http.NewRequest(http.MethodPost, m.engine+"/", bytes.NewReader(payload))
	mustDecode(err)
	for _, name := range []string{"X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		if value := header.Get(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Errorf("the engine: %v", err)
		return http.StatusInternalServerError, []byte(`{}`)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		m.t.Errorf("the engine: %v", err)
	}
	return response.StatusCode, answer
}

func (m *meter) note(table string, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.largest[table] = max(m.largest[table], size)
}

// withCapacity puts the question into the request, which production code never asks.
func withCapacity(payload []byte) []byte {
	var members map[string]json.RawMessage
	mustDecode(json.Unmarshal(payload, &members))
	members["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
	asking, err := json.Marshal(members)
	mustDecode(err)
	return asking
}

func (u units) String() string { return fmt.Sprintf("%v read and %v write units", u.reads, u.writes) }
