package bank_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	hotAccounts = 8
	endowment   = bank.Amount(50_00) // of each; small, so that many transfers are not covered
	workers     = 16
	faultRate   = 0.3
)

// The accounts that no money may leave or enter.
const (
	frozen  bank.AccountID = "1000000005-01"
	closed  bank.AccountID = "1000000005-02"
	yen     bank.AccountID = "1000000005-03"
	nowhere bank.AccountID = "1000000009-99"
)

// world is one bank under trouble: eight hot accounts of four customers, and everything that was asked of it.
type world struct {
	db     *dynamotest.DB
	clean  *bank.Bank // sees no faults
	bank   *bank.Bank // under test: through the mutation, if any, and the faults
	faults *dynamotest.Faults
	hot    []bank.AccountID

	mu         sync.Mutex
	fates      map[string]*fate // by the key's customer and the key
	order      []*fate          // those that have been answered, in that order
	violations []string
	snapshots  []snapshot
}

// fate is what callers know about one idempotency key.
type fate struct {
	request    bank.TransferRequest
	approvals  map[string]bool // sent with it
	answers    []bank.Receipt
	unanswered int

	called, answered time.Time // of the first request, and when the first answer was there
}

// snapshot is what one read of all hot accounts showed.
type snapshot struct {
	called, answered time.Time
	balances         []bank.Amount // in the order of world.hot
}

// newWorld builds one. mutate, if not nil, stands between the bank and its faults and breaks the bank's promises.
func newWorld(t testing.TB, mutate func(next http.RoundTripper) http.RoundTripper) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{
		db: db, clean: banktest.On(db, db.Client, nil),
		faults: dynamotest.NewFaults(), fates: map[string]*fate{},
	}
	transport := http.RoundTripper(w.faults)
	if mutate != nil {
		transport = mutate(transport)
	}
	w.bank = banktest.On(db, db.Through(transport), nil)
	for i := range hotAccounts {
		id := bank.AccountID(fmt.Sprintf("100000000%d-0%d", i/2+1, i%2+1))
		testkit.Must(t, w.clean.Open(t.Context(), id, "EUR"))
		testkit.Must(t, banktest.Deposit(t.Context(), w.clean, id, endowment, "EUR", "endowment"))
		w.hot = append(w.hot, id)
	}
	testkit.Must(t, w.clean.Open(t.Context(), frozen, "EUR"))
	testkit.Must(t, w.clean.Freeze(t.Context(), frozen))
	testkit.Must(t, w.clean.Open(t.Context(), closed, "EUR"))
	testkit.Must(t, w.clean.Close(t.Context(), closed))
	testkit.Must(t, w.clean.Open(t.Context(), yen, "JPY"))
	return w
}

func (w *world) violated(format string, values ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations = append(w.violations, fmt.Sprintf(format, values...))
}

// fateOf returns the fate of the request's key, which begins now if it is a new one. The caller holds w.mu.
func (w *world) fateOf(request bank.TransferRequest) *fate {
	id := request.CustomerID + "/" + string(request.Key)
	if w.fates[id] == nil {
		w.fates[id] = &fate{request: request, called: time.Now(), approvals: map[string]bool{}}
	}
	w.fates[id].approvals[request.ApprovalID] = true
	return w.fates[id]
}

// pick returns a request that has been answered, if there is one that suits.
func (w *world) pick(random *rand.Rand, suits func(bank.Receipt) bool) (bank.TransferRequest, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range 8 {
		if len(w.order) == 0 {
			break
		}
		f := w.order[random.IntN(len(w.order))]
		if suits(f.answers[0]) {
			return f.request, true
		}
	}
	return bank.TransferRequest{}, false
}

// watch reads all hot accounts in one snapshot, again and again: money is conserved at every instant.
func (w *world) watch(ctx context.Context) {
	var items []types.TransactGetItem
	for _, id := range w.hot {
		items = append(items, types.TransactGetItem{Get: &types.Get{
			TableName: new(w.db.Tables["AccountsTable"]),
			Key:       dynamo.Item{"customer_id": dynamo.Text(id.Owner()), "account_id": dynamo.Text(string(id))},
		}})
	}
	for ctx.Err() == nil {
		shot := snapshot{called: time.Now()}
		out, err := w.db.Client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: items})
		if err != nil {
			if ctx.Err() == nil {
				w.violated("a snapshot failed: %v", err)
			}
			return
		}
		shot.answered = time.Now()
		total := bank.Amount(0)
		for i, response := range out.Responses {
			balance := bank.Amount(dynamo.NumberOf(response.Item["balance"]))
			shot.balances = append(shot.balances, balance)
			if balance < 0 {
				w.violated("a snapshot shows %s with %d", w.hot[i], balance)
			}
			total += balance
		}
		if total != hotAccounts*endowment {
			w.violated("a snapshot shows %d in all", total)
		}
		w.mu.Lock()
		w.snapshots = append(w.snapshots, shot)
		w.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func outcome(answer []byte) bank.Outcome {
	var o bank.Outcome
	if err := json.Unmarshal(answer, &o); err != nil {
		panic(fmt.Sprintf("answer %q: %v", answer, err))
	}
	return o
}
