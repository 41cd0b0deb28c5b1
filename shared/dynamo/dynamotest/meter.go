package dynamotest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Meter is a transport that counts what requests cost: round trips, and the capacity units that the engine says each
// consumed. Production code never asks for the units, so the meter puts the question into the request.
type Meter struct {
	next  http.RoundTripper
	mu    sync.Mutex
	trips int
	units float64
}

// NewMeter returns a transport.
func NewMeter() *Meter { return &Meter{next: Transport()} }

// Reading returns the round trips and capacity units since the last Reading.
func (m *Meter) Reading() (trips int, units float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	trips, units = m.trips, m.units
	m.trips, m.units = 0, 0
	return trips, units
}

// RoundTrip implements http.RoundTripper.
func (m *Meter) RoundTrip(request *http.Request) (*http.Response, error) {
	var asked map[string]json.RawMessage
	if err := decode(request.Body, &asked); err != nil {
		return nil, err
	}
	asked["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
	content, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	request.Header.Set("Content-Length", strconv.Itoa(len(content)))
	response, err := m.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	var answered struct{ ConsumedCapacity json.RawMessage }
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trips++
	if json.Unmarshal(body, &answered) == nil {
		m.units += unitsOf(answered.ConsumedCapacity)
	}
	return response, nil
}

// unitsOf reads one table's consumption, or a list of several.
func unitsOf(raw json.RawMessage) (total float64) {
	type table struct{ CapacityUnits float64 }
	var one table
	if json.Unmarshal(raw, &one) == nil {
		return one.CapacityUnits
	}
	var several []table
	_ = json.Unmarshal(raw, &several) // neither: the operation consumed nothing
	for _, t := range several {
		total += t.CapacityUnits
	}
	return total
}

func decode(body io.ReadCloser, into any) error {
	defer body.Close()
	return json.NewDecoder(body).Decode(into)
}
