package e2e

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The seed decides what the clients do and how often what is killed; what meets what is the machine's doing.
var (
	crashTransfers = flag.Int("crash.transfers", 1000, "how many transfers are made while processes are killed")
	crashSeed      = flag.Uint64("crash.seed", 0, "the seed of that test; 0 takes a random one")
)

const clients = 16 // at one time

func TestMoneyMovesOnceWhateverIsKilled(t *testing.T) {
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("again by: go test ./local/e2e -run %s -crash.seed %d -crash.transfers %d", t.Name(), seed, *crashTransfers)
	s := newStorm(t)
	began := time.Now()
	s.rage(t, rand.New(rand.NewPCG(seed, 0)), *crashTransfers)
	took := time.Since(began)
	s.judge(t)

	t.Logf("%d transfers in %v; killed %v, and the tables %d times; tries that settled nothing, by status: %v",
		*crashTransfers, took.Round(time.Millisecond), s.shot, s.cuts, s.doubts)
	t.Logf("%s; %d snapshots", s.summary(), s.snapshots)
	for _, violation := range s.violations {
		t.Error(violation)
	}
	if s.shot["transfer"] == 0 || s.shot["authorizer"] == 0 || s.cuts == 0 || len(s.doubts) == 0 || s.snapshots == 0 {
		t.Error("there was no storm, or nobody watched it")
	}
}

// storm is a bank whose processes are killed while clients make transfers, and all that the clients know of them.
type storm struct {
	tables *mortalTables
	system *system
	client http.Client
	hot    []string // the accounts between which money moves
	total  int64    // of their cents

	done      atomic.Int64   // orders
	shot      map[string]int // processes killed, by function
	cuts      int            // of the tables
	snapshots int            // that showed all the money

	mu         sync.Mutex
	doubts     map[int]int      // tries that settled nothing: how many ended with this status, or with none (0)
	fates      map[string]*fate // by the key
	answered   []order          // with an answer, in the order of the first ones
	violations []string
}

// fate is what is known of a key.
type fate struct {
	order
	answers []reply // final ones
	left    bool    // a client went away without one
	moved   bool    // and the money had moved all the same
}

func newStorm(t *testing.T) *storm {
	s := &storm{
		tables: startMortalTables(t), hot: []string{alice.account, "1000000001-02", bob.account},
		client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * clients}},
		shot:   map[string]int{}, fates: map[string]*fate{}, doubts: map[int]int{},
	}
	t.Cleanup(s.client.CloseIdleConnections)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", s.tables.engine.Endpoint)
	s.system = startOne(t, "--unthrottled") // more transfers a second than template.yaml lets through
	s.total = s.sum(t)
	return s
}

// rage has the clients make n transfers while processes are killed.
func (s *storm) rage(t *testing.T, random *rand.Rand, n int) {
	wallets := map[string]func() string{
		alice.account: s.wallet(t, alice), "1000000001-02": s.wallet(t, alice), bob.account: s.wallet(t, bob),
	}
	watching, stop := context.WithCancel(t.Context())
	defer stop()
	var trouble, working sync.WaitGroup
	shots, cuts := rand.New(rand.NewPCG(random.Uint64(), 1)), rand.New(rand.NewPCG(random.Uint64(), 2))
	trouble.Go(func() { s.shootFunctions(watching, shots) })
	trouble.Go(func() { s.cutTables(watching, cuts, n) })
	trouble.Go(func() { s.watch(watching) })
	orders := make(chan order)
	for range clients {
		working.Go(func() { s.work(t.Context(), orders) })
	}
	for i := range n {
		o := s.draw(random, i)
		o.token, o.another = wallets[o.payment.From](), wallets[o.payment.From]()
		orders <- o
	}
	close(orders)
	working.Wait()
	stop()
	trouble.Wait()
	s.awaitQuiet(t)
}

// draw makes the order of a transfer. No two have the same amount: it tells whose entries are whose.
func (s *storm) draw(random *rand.Rand, i int) order {
	from := random.IntN(len(s.hot))
	o := order{
		key: fmt.Sprintf("order-%d", i), random: rand.New(rand.NewPCG(random.Uint64(), 3)),
		payment: payment{
			From: s.hot[from], To: s.hot[(from+1+random.IntN(len(s.hot)-1))%len(s.hot)],
			Amount: fmt.Sprintf("%d.%02d", (i+1)/100, (i+1)%100), Currency: "EUR",
		},
	}
	switch share := random.IntN(100); {
	case share < 15:
		o.mischief = repeats
	case share < 20:
		o.mischief = repeatsAnew
	case share < 23:
		o.mischief = alters
	case share < 26:
		o.mischief = paysAgain
	case share < 32:
		o.twice = true
	case share < 38:
		o.leaves = true
	case share < 43: // what can never succeed
		o.payment.To = []string{"1999999999-01", "1000000002-02", o.payment.From}[random.IntN(3)]
	}
	return o
}

// wallet returns a source of tokens, each with an approval of its own, given a moment ago.
func (s *storm) wallet(t *testing.T, who person) func() string {
	genuine := s.system.stepUp(t, who)
	forger := newForger(t, s.system)
	return func() string {
		return forger.sign(t, like(t, genuine, jwt.MapClaims{
			"jti": random(), "iat": ago(time.Second), "exp": time.Now().Add(time.Hour).Unix(),
			s.system.Audience + "/mfa_at": ago(time.Second), s.system.Audience + "/approval_id": random(),
		}))
	}
}

// learn keeps the answer to an order, nil if there was none.
func (s *storm) learn(o order, answer *reply) {
	if answer != nil && answer.status != http.StatusCreated && !slices.Contains(finalRefusals, codeOf(*answer)) {
		s.violated("%s is answered %d %s", o.key, answer.status, answer.body)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fates[o.key]
	if f == nil {
		f = &fate{order: o}
		s.fates[o.key] = f
	}
	switch {
	case answer == nil:
		f.left = true
		return
	case len(f.answers) == 0:
		s.answered = append(s.answered, o)
	}
	f.answers = append(f.answers, *answer)
}

// doubt keeps a try that settled nothing; the zero reply is none at all.
func (s *storm) doubt(r reply) {
	if r.status == http.StatusServiceUnavailable && r.header.Get("Retry-After") == "" {
		s.violated("503 without Retry-After: %s", r.body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubts[r.status]++
}

var finalRefusals = []string{"insufficient_funds", "no_such_account", "currency_mismatch", "same_account"}

// wantCode checks a refusal that is not kept under the key.
func (s *storm) wantCode(answer *reply, codes ...string) {
	if answer != nil && !slices.Contains(codes, codeOf(*answer)) {
		s.violated("%d %s where %s was wanted", answer.status, answer.body, codes)
	}
}

// pick returns an order that has been answered, and that suits the mischief of o.
func (s *storm) pick(o order) (earlier order, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.mischief == none || len(s.answered) == 0 {
		return order{}, false
	}
	earlier = s.answered[o.random.IntN(len(s.answered))]
	return earlier, o.mischief != paysAgain || s.fates[earlier.key].accepted()
}

func (f *fate) accepted() bool {
	return len(f.answers) > 0 && f.answers[0].status == http.StatusCreated
}

func (s *storm) violated(format string, values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, values...))
}

func (s *storm) summary() string {
	count := map[string]int{}
	for f := range maps.Values(s.fates) {
		switch {
		case f.moved:
			count["unanswered at first, moved"]++
		case f.left:
			count["unanswered at first, not moved"]++
		case f.accepted():
			count["accepted"]++
		default:
			count["refused"]++
		}
	}
	return fmt.Sprintf("keys %v", count)
}
