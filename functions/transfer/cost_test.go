package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

// What each request consumes of DynamoDB and Auth0, once the process knows the caller. docs/COSTS.md has each row.
func TestWhatAnApprovalOnThePhoneCosts(t *testing.T) {
	document, err := os.ReadFile("../../docs/COSTS.md")
	testkit.Must(t, err)
	b := openPhone(t)
	meter, calls := dynamotest.NewMeter(), 0
	b.handler = b.process(meter, testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		calls++
		return http.DefaultTransport.RoundTrip(r)
	}))
	b.ask(t, "warm", strings.Replace(rent, "250.00", "9999.00", 1)).Want(t, 422, "insufficient_funds")
	for _, c := range []struct {
		name         string
		status       int
		units        float64
		trips, calls int
		before       func()
	}{
		{"the phone rings", 202, 11, 5, 1, func() {}},
		{"again before its time", 202, 5, 3, 0, func() {}},
		{"nobody has answered", 202, 8, 5, 1, func() { b.clock.Pass(interval) }},
		{"approved and booked", 201, 24, 7, 1, func() { b.approve(t) }},
		{"the same sent again", 201, 3, 1, 0, func() {}},
	} {
		c.before()
		calls = 0
		meter.Reading()
		b.ask(t, "k1", rent).Want(t, c.status, "")
		trips, units := meter.Reading()
		if trips != c.trips || units != c.units || calls != c.calls {
			t.Errorf("%s: %v units, %d trips, %d calls; want %v, %d, %d", c.name, units, trips, calls, c.units, c.trips, c.calls)
		}
		row := fmt.Sprintf("%-46s%5v%7d%7d\n", c.name, c.units, c.trips, c.calls)
		if !strings.Contains(string(document), row) {
			t.Errorf("docs/COSTS.md lacks the row\n%s", row)
		}
	}
}
