package bank_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

	"pgregory.net/rapid"
)

// machine is the bank and its model side by side.
type machine struct {
	bank      *bank.Bank
	db        *dynamotest.DB
	transport http.RoundTripper
	now       time.Time
	next      int

	accounts map[bank.AccountID]*bank.Account
	keys     map[string]*kept
	spent    map[string]bool // approvals
}

// kept is what the model knows of a key.
type kept struct {
	request bank.TransferRequest
	answer  []byte       // nil: the caller was never told
	refusal bank.Refusal // of the answer, or what a crash may have recorded
}

// fits tells whether a repetition of the answer is what the model knows.
func (k *kept) fits(again bank.Receipt) bool {
	return again.Refusal == k.refusal && (k.answer == nil || bytes.Equal(again.Answer, k.answer))
}

func newMachine(t *rapid.T, db *dynamotest.DB, run int) *machine {
	m := &machine{
		db: db, transport: dynamotest.Transport(), now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
		accounts: map[bank.AccountID]*bank.Account{}, keys: map[string]*kept{}, spent: map[string]bool{},
	}
	m.bank = m.through(m.transport)
	for i, currency := range []bank.Currency{"EUR", "EUR", "EUR", "JPY"} {
		id := bank.AccountID(fmt.Sprintf("%010d-%02d", 1_000_000_000+2*run+i/2, i%2+1))
		testkit.Must(t, m.bank.Open(context.Background(), id, currency))
		testkit.Must(t, banktest.Deposit(context.Background(), m.bank, id, 100, currency, "endowment"))
		m.accounts[id] = &bank.Account{ID: id, Currency: currency, Status: bank.Open, Balance: 100, Entries: 1}
	}
	return m
}

// through is the bank in a process whose requests go that way.
func (m *machine) through(transport http.RoundTripper) *bank.Bank {
	return banktest.On(m.db, m.db.Through(transport), func() time.Time { return m.now })
}

func (m *machine) account(t *rapid.T, label string) bank.AccountID {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.accounts))).Draw(t, label)
}

// fresh draws a request with a key and an approval that were never used.
func (m *machine) fresh(t *rapid.T) bank.TransferRequest {
	m.next++
	from := m.account(t, "from")
	to := m.account(t, "to")
	if rapid.IntRange(0, 15).Draw(t, "nowhere") == 0 {
		to = nowhere
	}
	return bank.TransferRequest{
		CustomerID: from.Owner(), Key: bank.IdempotencyKey(fmt.Sprintf("key-%d", m.next)), From: from, To: to,
		Amount: bank.Amount(rapid.IntRange(1, 120).Draw(t, "amount")), Currency: "EUR",
		ApprovalID: fmt.Sprintf("%s-%d", from.Owner(), m.next),
	}
}

// known draws a key that was used.
func (m *machine) known(t *rapid.T) *kept {
	if len(m.keys) == 0 {
		t.Skip("no key was used yet")
	}
	return m.keys[rapid.SampledFrom(slices.Sorted(maps.Keys(m.keys))).Draw(t, "key")]
}

// rule tells which rule a request breaks, in the order of their precedence; "" if none.
func (m *machine) rule(r bank.TransferRequest) bank.Refusal {
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
	m.spent[r.ApprovalID] = true
}

// check compares every account with the model.
func (m *machine) check(t *rapid.T) {
	owners := map[string]bool{}
	for id := range m.accounts {
		owners[id.Owner()] = true
	}
	for owner := range owners {
		accounts, err := m.bank.Balances(context.Background(), owner)
		testkit.Must(t, err)
		if len(accounts) != 2 {
			t.Fatalf("%s has %d accounts", owner, len(accounts))
		}
		for _, got := range accounts {
			want := m.accounts[got.ID]
			if got.Balance != want.Balance || got.Status != want.Status ||
				got.Entries != want.Entries || got.DailyLimit != want.DailyLimit {
				t.Fatalf("bank %+v, model %+v", got, *want)
			}
		}
	}
}

func (m *machine) balance(t *rapid.T, id bank.AccountID) bank.Amount {
	account, err := m.bank.Find(context.Background(), id)
	testkit.Must(t, err)
	return account.Balance
}
