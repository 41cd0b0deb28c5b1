package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// troubled is the route whose every request to the tables, reads too, may meet any fault there is.
func (w *world) troubled(t *testing.T) handler {
	t.Helper()
	client := w.db.Through(dynamotest.NewFaults())
	c := w.Config
	c.Nonces = bridge.New(bridge.Config{Client: client, Table: w.db.Tables["NoncesTable"]})
	c.Sessions = session.New(session.Config{Client: client, Table: w.db.Tables["SessionsTable"]})
	c.Customers = customertest.On(t, w.db, nil, func(c *customer.Config) {
		c.Client, c.Providers = client, []string{"auth0"}
	})
	return handler{c}
}

// Whatever goes wrong, each session_id lets one login in at most, and refuses the others only if it let one in. A
// caller whose outcome is unknown is told that the fault is ours, and has a code only if one was written.
func TestUnderAnyFaultASessionIDHasOneWinnerAndTheRightfulAreNotRefused(t *testing.T) {
	const sessionIDs, callers = 60, 8
	w := newWorld(t)
	h := w.troubled(t)
	let := make([][3]int, sessionIDs) // let in, refused, our fault
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range sessionIDs {
		sub, email := identity.Person(fmt.Sprint("auth0|newcomer", i)), fmt.Sprintf("newcomer%d@example.com", i)
		testkit.Must(t, w.Customers.Create(t.Context(), customer.Customer{ID: fmt.Sprint(2000000000 + i), Email: email}))
		raw := w.first(t, sub, tokentest.Claim("email", email)).IDToken
		for c := range callers {
			all.Go(func() {
				ctx := dynamotest.WithTrouble(t.Context(),
					&dynamotest.Trouble{Rate: .3, Rand: rand.New(rand.NewPCG(uint64(i), uint64(c)))})
				_, _, err := h.byIDToken(ctx, &rest.Request{SourceIP: home}, raw)
				outcome := 0
				if err != nil {
					outcome = 2
					if _, isRefusal := reasonOf(err); isRefusal {
						outcome = 1
					}
				}
				mu.Lock()
				defer mu.Unlock()
				let[i][outcome]++
			})
		}
	}
	all.Wait()
	var sum [3]int
	for i, outcomes := range let {
		if outcomes[0] > 1 || outcomes[0] == 0 && outcomes[2] == 0 {
			t.Errorf("session_id %d: %d let in, %d refused, %d our fault", i, outcomes[0], outcomes[1], outcomes[2])
		}
		for k, n := range outcomes {
			sum[k] += n
		}
	}
	if codes := w.codes(t); codes < sum[0] || codes > sessionIDs {
		t.Errorf("%d let in, and %d codes", sum[0], codes)
	}
	t.Logf("%d let in, %d refused, %d told that the fault is ours", sum[0], sum[1], sum[2])
}

// codes is how many sessions are in the table, the customers' sets left aside.
func (w *world) codes(t *testing.T) (n int) {
	t.Helper()
	for _, item := range w.db.Items(t, "SessionsTable") {
		if dynamo.TextOf(item["customer_id"]) != "" {
			n++
		}
	}
	return n
}
