package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

// handler serves a bank where customer 1000000001 has the given number of entries, and 1000000002 one.
func handler(t *testing.T, entries int) rest.Handler {
	t.Helper()
	f := banktest.New(t)
	f.Account(t, "1000000001-01", "EUR", 0)
	f.Account(t, "1000000002-01", "EUR", 5)
	for i := range entries {
		f.Now = f.Now.Add(time.Second)
		f.Deposit(t, "1000000001-01", 1_00, "EUR", fmt.Sprint(i))
	}
	return New(customertest.On(t, f.DB, nil), f.Bank, time.Now)
}

func get(t *testing.T, h rest.Handler, customerID string, query map[string]string) (answer resttest.Answer, p page) {
	t.Helper()
	answer = resttest.Do(t, h, resttest.Call{
		Method: "GET", Path: "/transfers", Query: query, Principal: resttest.Session(customerID),
	})
	if answer.Status == 200 {
		testkit.Must(t, json.Unmarshal([]byte(answer.Body), &p))
	}
	return answer, p
}

func TestPagesHoldEveryEntryOnceNewestFirst(t *testing.T) {
	h := handler(t, 7)
	var seen []string
	for query := map[string]string{"limit": "3"}; ; {
		answer, p := get(t, h, "1000000001", query)
		answer.Want(t, 200, "")
		for _, e := range p.Entries {
			seen = append(seen, e.CreatedAt)
		}
		if p.Next == "" {
			break
		}
		query["next"] = p.Next
	}
	if len(seen) != 7 {
		t.Fatalf("%d entries", len(seen))
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] >= seen[i-1] {
			t.Errorf("%s comes after %s", seen[i], seen[i-1])
		}
	}
}

func TestAnEntryIsShownInDecimals(t *testing.T) {
	_, p := get(t, handler(t, 1), "1000000001", nil)
	if e := p.Entries[0]; e.Amount != "1.00" || e.Currency != "EUR" || e.Account != "1000000001-01" ||
		e.Counterparty != "" {
		t.Errorf("%+v", e)
	}
}

func TestNoEntriesAreAnEmptyList(t *testing.T) {
	answer, _ := get(t, handler(t, 0), "1000000001", nil)
	if answer.Body != `{"entries":[]}` {
		t.Errorf("body %s", answer.Body)
	}
}

func TestACursorOfAnotherCustomerIsRefused(t *testing.T) {
	h := handler(t, 3)
	_, p := get(t, h, "1000000001", map[string]string{"limit": "1"})
	answer, _ := get(t, h, "1000000002", map[string]string{"next": p.Next})
	answer.Want(t, 400, "invalid_cursor")
}

func TestALimitOutOfRangeIsRefused(t *testing.T) {
	h := handler(t, 0)
	for _, limit := range []string{"0", "-1", "101", "1e1", "+5", "05", "٣", ""} {
		answer, _ := get(t, h, "1000000001", map[string]string{"limit": limit})
		answer.Want(t, 400, "invalid_request")
	}
}

func TestBoundsAreDaysOrTimes(t *testing.T) {
	h := handler(t, 3)
	_, all := get(t, h, "1000000001", nil)
	newest := all.Entries[0].CreatedAt
	for name, c := range map[string]struct {
		query map[string]string
		want  int
	}{
		"a day in the past": {map[string]string{"to": "2020-01-01"}, 0},
		"since a day":       {map[string]string{"from": "2020-01-01"}, 3},
		"since a time":      {map[string]string{"from": newest}, 1},
		"before a time":     {map[string]string{"to": newest}, 2},
		"in another zone":   {map[string]string{"from": "2020-01-01T00:00:00+14:00", "to": newest}, 2},
	} {
		answer, p := get(t, h, "1000000001", c.query)
		if answer.Want(t, 200, ""); len(p.Entries) != c.want {
			t.Errorf("%s: %d entries, want %d", name, len(p.Entries), c.want)
		}
	}
}

func TestABoundThatIsNoTimeIsNamed(t *testing.T) {
	h := handler(t, 0)
	for _, bound := range []string{"", "yesterday", "2026-13-01", "2026-02-30", "20261127", "2026-11-27T10:00:00",
		"0000-12-31", "-0001-01-01", "10000-01-01", "2026-11-27T10:00:00 02:00", "1764201600"} {
		for _, name := range []string{"from", "to"} {
			answer, _ := get(t, h, "1000000001", map[string]string{name: bound})
			answer.Want(t, 400, "invalid_request")
			if detail := fmt.Sprint(answer.Member(t, "detail")); !strings.HasPrefix(detail, name+" ") {
				t.Errorf("%s=%q: %q does not name it", name, bound, detail)
			}
		}
	}
	answer, _ := get(t, h, "1000000001", map[string]string{"from": "2026-02-01", "to": "2026-01-01"})
	answer.Want(t, 400, "invalid_request")
}
