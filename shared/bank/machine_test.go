package bank_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo/dynamotest"

	"pgregory.net/rapid"
)

// TestTheBankBehavesAsItsModel runs sequences of operations against the bank and against a model that is nothing but
// maps, with crashes between any two requests. `make chaos` sets -rapid.checks=1000.
func TestTheBankBehavesAsItsModel(t *testing.T) {
	t.Parallel()
	db := dynamotest.New(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := newMachine(t, db, run)
		t.Repeat(map[string]func(*rapid.T){
			"": m.check, "transfer": m.transfer, "replay": m.replay, "mismatch": m.mismatch, "reuse a step-up": m.reuse,
			"crash": m.crash, "freeze": m.freeze, "thaw": m.thaw, "close": m.close, "limit": m.limit, "deposit": m.deposit, "next day": m.nextDay,
		})
	})
}

// machine is the bank and its model side by side.
type machine struct {
	bank *bank.Bank
	now  time.Time
	next int

	accounts map[bank.AccountID]*bank.Account
	keys     map[string]*kept
	spent    map[string]bool // step-ups
}

// kept is what the model knows of a key.
type kept struct {
	request bank.TransferRequest
	answer  []byte       // nil: the caller was never told
	refusal bank.Refusal // of the answer, or what a crash may have recorded
}

func newMachine(t *rapid.T, db *dynamotest.DB, run int) *machine {
	m := &machine{
		now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), accounts: map[bank.AccountID]*bank.Account{}, keys: map[string]*kept{}, spent: map[string]bool{},
	}
	b, err := bank.New(bank.Config{
		Client: db.Through(&guillotine{next: dynamotest.Transport()}), Now: func() time.Time { return m.now },
		Accounts: db.Tables["AccountsTable"], Transfers: db.Tables["TransfersTable"], Ledger: db.Tables["LedgerTable"], StepUps: db.Tables["StepUpsTable"],
	})
	must(t, err)
	m.bank = b
	for i, currency := range []bank.Currency{"EUR", "EUR", "EUR", "JPY"} {
		id := bank.AccountID(fmt.Sprintf("%010d-%02d", 1_000_000_000+2*run+i/2, i%2+1))
		must(t, b.Open(context.Background(), id, currency))
		must(t, b.Deposit(context.Background(), id, 100, currency, "endowment"))
		m.accounts[id] = &bank.Account{ID: id, Currency: currency, Status: bank.Open, Balance: 100, Entries: 1}
	}
	return m
}

func must(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func (m *machine) account(t *rapid.T, label string) bank.AccountID {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.accounts))).Draw(t, label)
}

// fresh draws a request with a key and a step-up that were never used.
func (m *machine) fresh(t *rapid.T) bank.TransferRequest {
	m.next++
	from := m.account(t, "from")
	to := m.account(t, "to")
	if rapid.IntRange(0, 15).Draw(t, "nowhere") == 0 {
		to = nowhere
	}
	return bank.TransferRequest{
		CustomerID: from.Owner(), Key: fmt.Sprintf("key-%d", m.next), From: from, To: to,
		Amount: bank.Amount(rapid.IntRange(1, 120).Draw(t, "amount")), Currency: "EUR",
		StepUp: bank.StepUp{TokenID: fmt.Sprintf("%s-%d", from.Owner(), m.next), ExpiresAt: m.now.Add(time.Hour)},
	}
}

// known draws a key that was used.
func (m *machine) known(t *rapid.T) *kept {
	if len(m.keys) == 0 {
		t.Skip("no key was used yet")
	}
	return m.keys[rapid.SampledFrom(slices.Sorted(maps.Keys(m.keys))).Draw(t, "key")]
}

// verdict is the rules of a transfer, in the order of their precedence.
func (m *machine) verdict(r bank.TransferRequest) bank.Refusal {
	if r.From == r.To {
		return bank.SameAccount
	}
	payer, payee := m.accounts[r.From], m.accounts[r.To]
	left := payer.LimitLeft
	if payer.LimitDay < m.now.Format(time.DateOnly) {
		left = payer.DailyLimit
	}
	switch {
	case payer.Status == bank.Closed:
		return bank.AccountClosed
	case payer.Status == bank.Frozen:
		return bank.AccountFrozen
	case payer.Currency != r.Currency:
		return bank.CurrencyMismatch
	case payer.DailyLimit > 0 && left < r.Amount:
		return bank.DailyLimit
	case payer.Balance < r.Amount:
		return bank.InsufficientFunds
	case payee == nil:
		return bank.NoSuchAccount
	case payee.Status == bank.Closed:
		return bank.AccountClosed
	case payee.Status == bank.Frozen:
		return bank.AccountFrozen
	case payee.Currency != r.Currency:
		return bank.CurrencyMismatch
	}
	return ""
}

// execute moves the model's money.
func (m *machine) execute(r bank.TransferRequest) {
	payer, payee := m.accounts[r.From], m.accounts[r.To]
	if today := m.now.Format(time.DateOnly); payer.DailyLimit > 0 && payer.LimitDay < today {
		payer.LimitDay, payer.LimitLeft = today, payer.DailyLimit
	}
	payer.LimitLeft -= r.Amount
	payer.Balance -= r.Amount
	payee.Balance += r.Amount
	payer.Entries++
	payee.Entries++
	m.spent[r.StepUp.TokenID] = true
}

// send makes a request that the model foresees.
func (m *machine) send(t *rapid.T, r bank.TransferRequest) {
	receipt, err := m.bank.Transfer(context.Background(), r)
	id := r.CustomerID + r.Key
	if known := m.keys[id]; known != nil && receipt.Replayed {
		if err != nil || receipt.Refusal != known.refusal || known.answer != nil && !bytes.Equal(receipt.Answer, known.answer) {
			t.Fatalf("replayed %q %s, %v; the first answer was %q %s", receipt.Refusal, receipt.Answer, err, known.refusal, known.answer)
		}
		known.answer = receipt.Answer
		return
	}
	if known := m.keys[id]; known != nil && known.answer != nil {
		t.Fatalf("a repetition was not replayed: %q %s, %v", receipt.Refusal, receipt.Answer, err)
	}
	if m.spent[r.StepUp.TokenID] && r.From != r.To {
		if !errors.Is(err, bank.ErrStepUpUsed) {
			t.Fatalf("a used step-up: %q, %v", receipt.Refusal, err)
		}
		return
	}
	want := m.verdict(r)
	if err != nil || receipt.Refusal != want || receipt.Replayed {
		t.Fatalf("got %q, %v; want %q", receipt.Refusal, err, want)
	}
	m.keys[id] = &kept{request: r, answer: receipt.Answer, refusal: want}
	if want == "" {
		m.execute(r)
	}
}

func (m *machine) transfer(t *rapid.T) { m.send(t, m.fresh(t)) }

func (m *machine) replay(t *rapid.T) {
	request := m.known(t).request
	if rapid.Bool().Draw(t, "new step-up") {
		request.StepUp = m.fresh(t).StepUp
	}
	m.send(t, request)
}

func (m *machine) mismatch(t *rapid.T) {
	known := m.known(t)
	if known.answer == nil {
		t.Skip("the key may be free")
	}
	other := known.request
	other.Amount++
	if receipt, err := m.bank.Transfer(context.Background(), other); !errors.Is(err, bank.ErrKeyReused) {
		t.Fatalf("another request under the key: %+v, %v", receipt, err)
	}
}

func (m *machine) reuse(t *rapid.T) {
	request := m.fresh(t)
	request.StepUp = m.known(t).request.StepUp
	m.send(t, request)
}

// crash ends the process before or after one of the requests that a transfer makes. Whether the money has moved is
// looked up, as a person would; what the key was told is open until it is asked.
func (m *machine) crash(t *rapid.T) {
	request := m.fresh(t)
	want := m.verdict(request)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	blade := &blade{request: rapid.IntRange(1, 2).Draw(t, "at request"), after: rapid.Bool().Draw(t, "after it"), fall: cancel}
	receipt, err := m.bank.Transfer(context.WithValue(ctx, bladeKey{}, blade), request)
	known := &kept{request: request, refusal: want}
	if err == nil { // it needed fewer requests
		known.answer = receipt.Answer
	} else if !errors.Is(err, context.Canceled) {
		t.Fatalf("a crash is reported as %v", err)
	}
	m.keys[request.CustomerID+request.Key] = known
	if want == "" && m.balance(t, request.From) != m.accounts[request.From].Balance {
		m.execute(request)
	} else if want == "" && err == nil {
		t.Fatalf("accepted, and the balance stands")
	}
}

func (m *machine) freeze(t *rapid.T) { m.setStatus(t, bank.Frozen, m.bank.Freeze) }
func (m *machine) thaw(t *rapid.T)   { m.setStatus(t, bank.Open, m.bank.Thaw) }

func (m *machine) setStatus(t *rapid.T, status bank.Status, set func(context.Context, bank.AccountID) error) {
	account := m.accounts[m.account(t, "account")]
	err := set(context.Background(), account.ID)
	if account.Status == bank.Closed {
		if !errors.Is(err, bank.ErrState) {
			t.Fatalf("a closed account was changed: %v", err)
		}
		return
	}
	must(t, err)
	account.Status = status
}

func (m *machine) close(t *rapid.T) {
	account := m.accounts[m.account(t, "account")]
	err := m.bank.Close(context.Background(), account.ID)
	if account.Balance != 0 {
		if !errors.Is(err, bank.ErrState) {
			t.Fatalf("an account with %d was closed: %v", account.Balance, err)
		}
		return
	}
	must(t, err)
	account.Status = bank.Closed
}

func (m *machine) limit(t *rapid.T) {
	account := m.accounts[m.account(t, "account")]
	if account.Status == bank.Closed {
		t.Skip("closed")
	}
	limit := bank.Amount(rapid.IntRange(0, 150).Draw(t, "limit"))
	must(t, m.bank.SetDailyLimit(context.Background(), account.ID, limit))
	account.DailyLimit, account.LimitDay = limit, ""
}

func (m *machine) deposit(t *rapid.T) {
	account := m.accounts[m.account(t, "account")]
	m.next++
	err := m.bank.Deposit(context.Background(), account.ID, 10, account.Currency, fmt.Sprint(m.next))
	if account.Status != bank.Open {
		if !errors.Is(err, bank.ErrState) {
			t.Fatalf("a deposit to a %s account: %v", account.Status, err)
		}
		return
	}
	must(t, err)
	account.Balance += 10
	account.Entries++
}

func (m *machine) nextDay(*rapid.T) { m.now = m.now.Add(24 * time.Hour) }

// check compares every account with the model.
func (m *machine) check(t *rapid.T) {
	owners := map[string]bool{}
	for id := range m.accounts {
		owners[id.Owner()] = true
	}
	for owner := range owners {
		accounts, err := m.bank.Balances(context.Background(), owner)
		must(t, err)
		if len(accounts) != 2 {
			t.Fatalf("%s has %d accounts", owner, len(accounts))
		}
		for _, got := range accounts {
			want := m.accounts[got.ID]
			if got.Balance != want.Balance || got.Status != want.Status || got.Entries != want.Entries || got.DailyLimit != want.DailyLimit {
				t.Fatalf("bank %+v, model %+v", got, *want)
			}
		}
	}
}

func (m *machine) balance(t *rapid.T, id bank.AccountID) bank.Amount {
	accounts, err := m.bank.Balances(context.Background(), id.Owner())
	must(t, err)
	i := slices.IndexFunc(accounts, func(a bank.Account) bool { return a.ID == id })
	if i < 0 {
		t.Fatalf("%s is gone", id)
	}
	return accounts[i].Balance
}

// guillotine ends an operation before or after its nth request, if its context carries a blade.
type guillotine struct{ next http.RoundTripper }

type blade struct {
	request int
	after   bool
	fall    context.CancelFunc
}

func (g *guillotine) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	blade, _ := ctx.Value(bladeKey{}).(*blade)
	if blade == nil {
		return g.next.RoundTrip(request)
	}
	if blade.request--; blade.request != 0 {
		return g.next.RoundTrip(request)
	}
	if blade.after {
		response, err := g.next.RoundTrip(request.WithContext(context.WithoutCancel(ctx)))
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
	} else {
		_ = request.Body.Close()
	}
	blade.fall()
	return nil, context.Canceled
}

type bladeKey struct{}
