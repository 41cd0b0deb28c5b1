package metering

import (
	"fmt"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// route is a kind of request, and what one consumes once its functions are warm.
type route struct {
	name   string
	status int
	code   string // of a problem; empty for a success

	authorizer, function consumption // of DynamoDB
	invocations          int
	logged, sent         int // about how many bytes the functions log, and the client gets

	// make returns the request, after what it needs beforehand. A row without one sends the last row's request again.
	make func(s *system) call
}

// routes is in this order on purpose: a repetition follows what it repeats.
var routes = []route{
	{"GET /balance, an Auth0 token", 200, "", none, reads(3, 3), 2, 1010, 710,
		func(s *system) call { return get("/balance", s.looks(s.somebody())) }},
	{"GET /balance again within a minute", 200, "", none, reads(1, 1), 2, 1010, 710, nil},
	{"GET /balance, a code of the bank's login", 200, "", reads(1, 1), reads(1, 1), 2, 720, 710,
		func(s *system) call { return get("/balance", s.code()) }},
	{"GET /balance, a code, its idle clock is moved", 200, "", both(1, 1, 2), reads(1, 1), 2, 720, 710,
		func(s *system) call { return get("/balance", s.aged(s.code())) }},
	{"GET /transfers, a page of 20", 200, "", none, reads(4, 3), 2, 1020, 5500,
		func(s *system) call { return get("/transfers", s.looks(s.somebody())) }},
	{"POST /transfer, accepted", 201, "", none, both(2, 2, 12), 2, 1530, 730,
		func(s *system) call { return s.transfer(s.pays(s.somebody()), "10.00") }},
	{"POST /transfer, the same sent again", 201, "", none, both(0, 0, 12), 2, 1530, 730, nil},
	{"POST /transfer, the scope is missing", 403, "insufficient_scope", none,
		consumption{units{5, 1}, trips{4, 0}}, 2, 1040, 1520,
		func(s *system) call { return s.transfer(s.looks(s.somebody()), "10.00") }},
	{"POST /transfer, not enough money", 422, "insufficient_funds", none, both(2, 3, 13), 2, 1520, 760,
		func(s *system) call { return s.transfer(s.pays(s.somebody()), "9999999.00") }},
	{"POST /nonce", 201, "", none, both(0, 0, 2), 2, 1470, 450, func(s *system) call { return s.nonce(s.somebody()) }},
	{"POST /login, a password", 200, "", none, twice(3, 3, 18), 1, 620, 700,
		func(s *system) call { s.known(); return login("alice", alicePassword) }},
	{"POST /login, an id_token", 200, "", none, both(3, 3, 12), 1, 730, 700,
		func(s *system) call { s.endSessions(); return s.bridge(s.somebody()) }},
	{"POST /login, the same id_token again", 403, "login_failed", none, both(4, 4, 12), 1, 730, 720, nil},
	{"POST /login, a wrong password", 403, "login_failed", none, both(2, 2, 4), 1, 610, 720,
		func(s *system) call { s.known(); return login("alice", "wrong") }},
	{"POST /logout", 204, "", reads(1, 1), both(1, 1, 4), 2, 1110, 540,
		func(s *system) call { return call{method: "POST", path: "/logout", bearer: s.code()} }},
	{"refused: a code that is revoked", 401, "invalid_token", reads(1, 1), none, 1, 490, 660, nil},
	{"refused: a token that has expired", 401, "invalid_token", none, none, 1, 490, 660,
		func(s *system) call { return get("/balance", s.expired()) }},
	{"refused: no token", 401, "unauthorized", none, none, 0, 0, 550,
		func(*system) call { return get("/balance", "") }},
	{"OPTIONS, a browser's preflight", 200, "", none, none, 0, 0, 360, func(*system) call { return preflight() }},
	{"POST /login, a password, with 20 sessions", 200, "", none, consumption{units{23, 26}, trips{23, 3}}, 1, 620, 700,
		func(s *system) call { s.known(); s.fill(); return login("alice", alicePassword) }},
}

var none consumption

// reads is units in so many round trips; both is that, and the units of one transaction; twice, of two.
func reads(r float64, made int) consumption {
	return consumption{units{r, 0}, trips{made, 0}}
}

func both(r float64, made int, w float64) consumption {
	return consumption{units{r, w}, trips{made, 1}}
}

func twice(r float64, made int, w float64) consumption {
	return consumption{units{r, w}, trips{made, 2}}
}

func TestEachRouteConsumesExactlyWhatItsRowSays(t *testing.T) {
	for i, u := range measured(t) {
		want := routes[i]
		if u.status != want.status || u.code != want.code {
			t.Fatalf("%s: %d %s", want.name, u.status, u.body)
		}
		if u.authorizer != want.authorizer {
			t.Errorf("%s: the authorizer took %+v, want %+v", want.name, u.authorizer, want.authorizer)
		}
		if u.function != want.function {
			t.Errorf("%s: the function took %+v, want %+v", want.name, u.function, want.function)
		}
		if len(u.invocations) != want.invocations {
			t.Errorf("%s: %v ran, want %d", want.name, u.invocations, want.invocations)
		}
	}
}

// Ids, keys and times are not always of the same length.
func TestEachRouteWritesAndSendsAboutAsManyBytesAsItsRowSays(t *testing.T) {
	for i, u := range measured(t) {
		if want := routes[i]; !about(u.logged, want.logged) || !about(u.sent, want.sent) {
			t.Errorf("%s: %d bytes logged and %d sent, want about %d and %d", want.name, u.logged, u.sent, want.logged,
				want.sent)
		}
	}
}

func TestTheDocumentHasEachRow(t *testing.T) {
	text := testkit.Read(t, root, "docs", "COSTS.md")
	for _, r := range routes {
		of := []consumption{r.authorizer, r.function}
		used := of[0].units.plus(of[1].units)
		made := of[0].plain + of[0].transactions + of[1].plain + of[1].transactions
		row := fmt.Sprintf("%-45s %5v %6v %6d %5d %7d %5d\n", r.name, used.reads, used.writes, made, r.invocations, r.logged,
			r.sent)
		if !strings.Contains(text, row) {
			t.Errorf("docs/COSTS.md lacks the row\n%s", row)
		}
	}
}

func about(got, want int) bool { return max(got, want)-min(got, want) <= 25+want/50 }

// sizes is about how large the largest item of each table gets, in bytes. One that outgrows a block of 1 KB costs
// another unit at each write; the set of a customer's sessions does so, from the sixteenth on.
var sizes = map[string]int{
	"AccountsTable": 106, "TransfersTable": 411, "LedgerTable": 324, "ApprovalsTable": 126, "NoncesTable": 165,
	"SessionsTable":  1329,
	"CustomersTable": 564, "KeySetsTable": 1003,
}

func TestTheLargestItemOfEachTableIsAboutAsLargeAsItWas(t *testing.T) {
	measured(t)
	for table, got := range shared.largest {
		if !about(got, sizes[table]) {
			t.Errorf("%s: %d bytes, want about %d", table, got, sizes[table])
		}
	}
	if len(shared.largest) != len(sizes) {
		t.Errorf("items of %d tables were written, want %d", len(shared.largest), len(sizes))
	}
}

// shared is what one run over all routes measured.
var shared struct {
	used    []usage
	largest map[string]int // bytes, by the table's logical id
}

// measured runs all routes, the first time it is called.
func measured(t *testing.T) []usage {
	t.Helper()
	if shared.used != nil {
		return shared.used
	}
	s := start(t)
	s.warm()
	var last call
	for _, r := range routes {
		if r.make != nil {
			last = r.make(s)
		}
		shared.used = append(shared.used, s.send(last))
	}
	shared.largest = map[string]int{}
	for id, name := range s.db.Tables {
		if size := s.meter.largest[name]; size > 0 {
			shared.largest[id] = size
		}
	}
	return shared.used
}
