package bank_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

	"pgregory.net/rapid"
)

// TestMain makes 40 checks the default of rapid's property tests, since one of the model takes a quarter of a second.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

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
			"": m.check, "transfer": m.transfer, "replay": m.replay, "mismatch": m.mismatch, "preview": m.preview,
			"reuse an approval": m.reuse, "crash": m.crash, "freeze": m.freeze, "thaw": m.thaw, "close": m.close,
			"limit": m.limit, "deposit": m.deposit, "next day": m.nextDay,
		})
	})
}

// send makes a request that the model foresees.
func (m *machine) send(t *rapid.T, r bank.TransferRequest) {
	receipt, err := m.bank.Transfer(context.Background(), r)
	id := r.CustomerID + string(r.Key)
	if known := m.keys[id]; known != nil && receipt.Replayed {
		if err != nil || !known.fits(receipt) {
			t.Fatalf("replayed %q %s, %v; first %q %s", receipt.Refusal, receipt.Answer, err, known.refusal, known.answer)
		}
		known.answer = receipt.Answer
		return
	}
	if known := m.keys[id]; known != nil && known.answer != nil {
		t.Fatalf("a repetition was not replayed: %q %s, %v", receipt.Refusal, receipt.Answer, err)
	}
	if m.spent[r.ApprovalID] && r.From != r.To {
		if !errors.Is(err, bank.ErrApprovalUsed) {
			t.Fatalf("a used approval: %q, %v", receipt.Refusal, err)
		}
		return
	}
	want := m.rule(r)
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
	if rapid.Bool().Draw(t, "new approval") {
		request.ApprovalID = m.fresh(t).ApprovalID
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
	request.ApprovalID = m.known(t).request.ApprovalID
	m.send(t, request)
}

// preview foretells what a transfer would be answered, and changes nothing.
func (m *machine) preview(t *rapid.T) {
	request := m.fresh(t)
	if len(m.keys) > 0 && rapid.Bool().Draw(t, "known") {
		request = m.known(t).request
	}
	request.ApprovalID = ""
	got, err := m.bank.Preview(context.Background(), request)
	known := m.keys[request.CustomerID+string(request.Key)]
	switch {
	case err != nil:
		t.Fatal(err)
	case got.Answered != nil:
		if known == nil || !known.fits(*got.Answered) {
			t.Fatalf("foretold %+v of %+v", *got.Answered, known)
		}
	case known != nil && known.answer != nil:
		t.Fatalf("an answered key was foretold %q", got.Refusal)
	case got.Refusal != m.rule(request):
		t.Fatalf("foretold %q, and it would be %q", got.Refusal, m.rule(request))
	}
}

// crash ends the process before or after one of the requests that a transfer makes. Whether the money has moved is
// looked up, as a person would; what the key was told is open until it is asked.
func (m *machine) crash(t *rapid.T) {
	request := m.fresh(t)
	want := m.rule(request)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	at, after := rapid.IntRange(1, 2).Draw(t, "at request"), rapid.Bool().Draw(t, "after it")
	life := &testkit.Life{Calls: at, After: after, End: cancel}
	receipt, err := m.through(life.Over(m.transport)).Transfer(ctx, request)
	known := &kept{request: request, refusal: want}
	if err == nil { // it needed fewer requests
		known.answer = receipt.Answer
	} else if !errors.Is(err, context.Canceled) {
		t.Fatalf("a crash is reported as %v", err)
	}
	m.keys[request.CustomerID+string(request.Key)] = known
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
	testkit.Must(t, err)
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
	testkit.Must(t, err)
	account.Status = bank.Closed
}

func (m *machine) limit(t *rapid.T) {
	account := m.accounts[m.account(t, "account")]
	if account.Status == bank.Closed {
		t.Skip("closed")
	}
	limit := bank.Amount(rapid.IntRange(0, 150).Draw(t, "limit"))
	testkit.Must(t, m.bank.SetDailyLimit(context.Background(), account.ID, limit))
	account.DailyLimit, account.LimitDay = limit, ""
}

func (m *machine) deposit(t *rapid.T) {
	account := m.accounts[m.account(t, "account")]
	m.next++
	err := banktest.Deposit(context.Background(), m.bank, account.ID, 10, account.Currency, fmt.Sprint(m.next))
	if account.Status != bank.Open {
		if !errors.Is(err, bank.ErrState) {
			t.Fatalf("a deposit to a %s account: %v", account.Status, err)
		}
		return
	}
	testkit.Must(t, err)
	account.Balance += 10
	account.Entries++
}

func (m *machine) nextDay(*rapid.T) { m.now = m.now.Add(24 * time.Hour) }
