package e2e

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// waiting is a request that waits on the phone.
type waiting struct {
	ID, User, Client string
	Details          struct {
		Shown []struct{ Name, Value string }
	}
}

// onPhone returns what waits, by payee and amount.
func (s *system) onPhone(t *testing.T) map[string]waiting {
	t.Helper()
	var all []waiting
	s.call(t, "GET", s.Tenant+"/phone/challenges", nil, nil).decode(t, &all)
	found := map[string]waiting{}
	for _, w := range all {
		shown := map[string]string{}
		for _, property := range w.Details.Shown {
			shown[property.Name] = property.Value
		}
		found[shown["To"]+" "+shown["Amount"]] = w
	}
	if len(found) != len(all) {
		t.Errorf("%d requests wait for %d transfers: %v", len(all), len(found), all)
	}
	return found
}

// untilAnswered sends the transfer again, as the app does, until something else than 202 comes.
func (s *system) untilAnswered(t *testing.T, token, key string, p payment) reply {
	t.Helper()
	for range 6 {
		r := s.transfer(t, token, key, p)
		if r.status != http.StatusAccepted {
			return r
		}
		pause, err := strconv.Atoi(r.header.Get("Retry-After"))
		if err != nil || pause < 1 {
			t.Fatalf("Retry-After: %v", r.header)
		}
		time.Sleep(time.Duration(pause) * time.Second)
	}
	t.Fatal("still nobody has answered")
	return reply{}
}

// TestThePhoneShowsWhatIsBookedAndNothingElse walks three transfers over the back channel: approved, approved by
// somebody who logged in at the bank, and denied.
func TestThePhoneShowsWhatIsBookedAndNothingElse(t *testing.T) {
	t.Parallel()
	s := startOne(t, "--back-channel")
	daily := s.daily(t, alice).AccessToken
	code := s.directLogin(t, bob)
	before := s.balances(t, daily)[alice.account]
	rent := payment{alice.account, bob.account, "25.00", "EUR"}
	refused := payment{alice.account, bob.account, "26.00", "EUR"}
	lunch := payment{bob.account, alice.account, "3.00", "EUR"}
	rentKey, refusedKey, lunchKey := random(), random(), random()

	answers := make([]reply, 16)
	testkit.Together(len(answers), func(i int) { answers[i] = s.transfer(t, daily, rentKey, rent) })
	answers = append(answers, s.transfer(t, daily, refusedKey, refused), s.transfer(t, code, lunchKey, lunch))
	for _, r := range answers {
		wantStatus(t, r, http.StatusAccepted)
		if r.member(t, "status") != "approval_pending" || r.header.Get("Retry-After") == "" {
			t.Errorf("%s, Retry-After %q", r.body, r.header.Get("Retry-After"))
		}
	}
	if got := s.balances(t, daily)[alice.account]; got != before {
		t.Errorf("money moved before anybody approved: %s, was %s", got, before)
	}

	phone := s.onPhone(t)
	for of, decision := range map[string]onThePhone{
		bob.account + " 25.00 EUR": approves, bob.account + " 26.00 EUR": denies, alice.account + " 3.00 EUR": approves,
	} {
		asked, there := phone[of]
		if !there || asked.Client != "Drawbridge Approvals" {
			t.Fatalf("the phone shows no %s: %v", of, phone)
		}
		s.decide(t, asked, decision)
	}
	if len(phone) != 3 {
		t.Errorf("the phone shows %v", phone)
	}

	paid := s.untilAnswered(t, daily, rentKey, rent)
	wantStatus(t, paid, http.StatusCreated)
	wantStatus(t, s.untilAnswered(t, code, lunchKey, lunch), http.StatusCreated)
	for range 2 { // also when it is sent again
		wantRefusal(t, s.untilAnswered(t, daily, refusedKey, refused), http.StatusForbidden, "approval_denied")
	}
	if again := s.transfer(t, daily, rentKey, rent); again.status != paid.status || again.body != paid.body {
		t.Errorf("the same request again: %d %s, first %s", again.status, again.body, paid.body)
	}
	if got, want := s.balances(t, daily)[alice.account], plus(t, plus(t, before, "-25.00"), "3.00"); got != want {
		t.Errorf("alice has %s, want %s", got, want)
	}
	if left := s.onPhone(t); len(left) != 0 {
		t.Errorf("the phone still shows %v", left)
	}
}
