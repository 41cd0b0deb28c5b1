package e2e

import (
	"net/http"
	"testing"
)

func TestFreshDataComesWithoutARestart(t *testing.T) {
	t.Parallel()
	s := startOne(t, "--memory")
	stepUp := s.stepUp(t, alice)
	wantStatus(t, s.transfer(t, stepUp, random(), payment{alice.account, bob.account, "12.00", "EUR"}), http.StatusCreated)
	before := s.directLogin(t, alice)

	own := map[string]string{"Origin": s.API, "Sec-Fetch-Site": "same-origin"}
	for name, header := range map[string]map[string]string{
		"the web app's page": {"Origin": s.Web, "Sec-Fetch-Site": "same-site"},
		"a foreign page":     {"Origin": "https://evil.example"},
	} {
		wantStatus(t, s.call(t, "POST", s.API+"/_drawbridge/reset", header, nil), http.StatusForbidden)
		if s.balances(t, before)[alice.account] == "2500.00" {
			t.Fatalf("%s has reset the data", name)
		}
	}
	wantStatus(t, s.call(t, "POST", s.API+"/_drawbridge/reset", own, nil), http.StatusNoContent)
	wantRefusal(t, s.balance(t, before), http.StatusUnauthorized, "invalid_token") // the session is gone with the table
	if got := s.balances(t, s.directLogin(t, alice))[alice.account]; got != "2500.00" {
		t.Errorf("alice starts over with %s", got)
	}
}

// The replay of a transfer is the same transfer: money moves once.
func TestAReplayedTransferIsTheSameTransfer(t *testing.T) {
	console := shared.watch(t)
	code := shared.directLogin(t, alice)
	stepUp := shared.stepUp(t, alice)
	paid := shared.transfer(t, stepUp, random(), payment{alice.account, bob.account, "1.00", "EUR"})
	wantStatus(t, paid, http.StatusCreated)
	before := shared.balances(t, code)[alice.account]

	id := paid.header.Get("X-Amzn-Requestid")
	shown, _ := console.request(id)
	wantStatus(t, shared.call(t, "POST", shared.API+"/_drawbridge/requests/"+id+"/replay", nil, nil), http.StatusNoContent)
	console.until("the replay", func() bool {
		for _, r := range console.requests {
			if r["replay_of"] == shown["number"] && in(r, "answer", "status") == 201.0 && r["authorizer"] == nil {
				return true
			}
		}
		return false
	})
	if after := shared.balances(t, code)[alice.account]; after != before {
		t.Errorf("%s became %s", before, after)
	}
}
