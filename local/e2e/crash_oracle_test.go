package e2e

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// judge looks at what the storm has left behind, and finds everything that must not be.
func (s *storm) judge(t *testing.T) {
	before := s.executed(t)
	s.ask(t, before)
	after := s.executed(t)

	accepted := map[string]*fate{}
	for _, f := range s.fates {
		if len(f.answers) == 0 {
			continue // ask has said so
		}
		for _, again := range f.answers[1:] {
			if again.status != f.answers[0].status || again.body != f.answers[0].body {
				first := f.answers[0]
				s.violated("%s is answered %d %s and then %d %s", f.key, first.status, first.body, again.status, again.body)
			}
		}
		if !f.accepted() {
			s.wantEntries(f, nil, moved(after, f.payment))
			continue
		}
		id, _ := f.answers[0].member(t, "transfer_id").(string)
		accepted[id] = f
		s.wantEntries(f, bookings(f.payment), after[id])
	}
	for id, entries := range after {
		if accepted[id] == nil {
			s.violated("%s has %d entries, and nobody was told of it", id, len(entries))
		}
	}
	if len(after) != len(accepted) {
		s.violated("%d transfers executed, %d acknowledged", len(after), len(accepted))
	}
	for id := range before {
		if after[id] == nil {
			s.violated("%s has disappeared", id)
		}
	}
	s.judgeApprovals(t, accepted)
	s.judgeBalances(t)
}

// ask sends every request once more whose client left without an answer. Its key has moved money already or has not:
// the answer must say which.
func (s *storm) ask(t *testing.T, executed map[string][]bank.Entry) {
	for _, f := range s.fates {
		if !f.left {
			continue
		}
		entries := moved(executed, f.payment)
		f.moved = len(entries) > 0
		if len(entries) != 0 && len(entries) != 2 {
			s.violated("%s was not answered and has the entries %+v", f.key, entries)
			continue
		}
		asking := order{random: rand.New(rand.NewPCG(0, 0))}
		if answer := s.persist(t.Context(), asking, f.key, f.another, f.payment); answer != nil {
			s.learn(f.order, answer)
			id, _ := answer.member(t, "transfer_id").(string)
			if (len(entries) == 2) != (executed[id] != nil) {
				s.violated("%s had %d entries and is answered %d %s", f.key, len(entries), answer.status, answer.body)
			}
		}
	}
}

// executed returns the entries of every transfer, by its id.
func (s *storm) executed(t *testing.T) map[string][]bank.Entry {
	t.Helper()
	transfers := map[string][]bank.Entry{}
	for _, e := range scan[bank.Entry](t, s.tables, "LedgerTable") {
		if e.Counterparty != "" { // an opening balance has none
			transfers[e.TransferID] = append(transfers[e.TransferID], e)
		}
	}
	return transfers
}

// bookings are the entries that a payment is to have: cents by account.
func bookings(p payment) map[bank.AccountID]bank.Amount {
	cents, err := bank.ParseAmount(p.Amount, "EUR")
	if err != nil {
		panic(err) // draw writes amounts
	}
	return map[bank.AccountID]bank.Amount{bank.AccountID(p.From): -cents, bank.AccountID(p.To): cents}
}

// moved returns all entries of a payment's amount: no other order has it.
func moved(transfers map[string][]bank.Entry, p payment) (found []bank.Entry) {
	amount := bookings(payment{From: "-", To: p.To, Amount: p.Amount})[bank.AccountID(p.To)]
	for _, entries := range transfers {
		for _, e := range entries {
			if e.Amount == amount || e.Amount == -amount {
				found = append(found, e)
			}
		}
	}
	return found
}

func (s *storm) wantEntries(f *fate, want map[bank.AccountID]bank.Amount, entries []bank.Entry) {
	sums := map[bank.AccountID]bank.Amount{}
	for _, e := range entries {
		sums[e.Account] += e.Amount
	}
	if len(entries) != len(want) || !maps.Equal(sums, want) {
		s.violated("%s, answered %d, has the entries %+v", f.key, f.answers[0].status, entries)
	}
}

// judgeApprovals checks that each transfer has used up one approval, one of those that were given for it, and that no
// approval stands behind two.
func (s *storm) judgeApprovals(t *testing.T, accepted map[string]*fate) {
	type use struct {
		Approval string `dynamodbav:"approval_id"`
		Key      string `dynamodbav:"transfer_key"` // none: the day's payees of a customer
	}
	type record struct {
		Key      string `dynamodbav:"transfer_key"`
		Transfer string `dynamodbav:"transfer_id"`
	}
	transfers := map[string]string{}
	for _, r := range scan[record](t, s.tables, "TransfersTable") {
		transfers[r.Key] = r.Transfer
	}
	paid := map[string]string{}
	for _, u := range scan[use](t, s.tables, "ApprovalsTable") {
		if u.Key == "" {
			continue
		}
		id := transfers[u.Key]
		f := accepted[id]
		switch {
		case f == nil:
			s.violated("approval %s is used up, and its transfer was not made", u.Approval)
		case paid[id] != "":
			s.violated("%s has used up the approvals %s and %s", id, paid[id], u.Approval)
		case !slices.Contains([]string{s.approvalIn(t, f.token), s.approvalIn(t, f.another)}, u.Approval):
			s.violated("%s was paid with the approval %s, which was given for another transfer", id, u.Approval)
		}
		paid[id] = u.Approval
	}
	if len(paid) != len(accepted) {
		s.violated("approvals of %d transfers are used, %d were made", len(paid), len(accepted))
	}
}

func (s *storm) approvalIn(t *testing.T, token string) string {
	id, _ := claims(t, token)[s.system.Audience+"/approval_id"].(string)
	return id
}

// judgeBalances compares the balances with the ledger, and the total with what it was.
func (s *storm) judgeBalances(t *testing.T) {
	r := reconcile.New(reconcile.Config{
		Client: s.tables.client, Accounts: "AccountsTable", Ledger: "LedgerTable", Pause: time.Millisecond,
	})
	report, err := reconciletest.All(t.Context(), r)
	if err != nil || len(report.Unsettled) > 0 || report.Accounts < len(s.hot) {
		s.violated("reconcile: %v, %+v", err, report)
	}
	for _, difference := range report.Differences {
		s.violated("%v", difference)
	}
	for _, account := range scan[bank.Account](t, s.tables, "AccountsTable") {
		if account.Balance < 0 {
			s.violated("%s has %d", account.ID, account.Balance)
		}
	}
	if sum := s.sum(t); sum != s.total {
		s.violated("there are %d cents in all, not %d", sum, s.total)
	}
}

// sum returns all cents in the hot accounts, read one by one.
func (s *storm) sum(t *testing.T) (cents int64) {
	t.Helper()
	for _, account := range scan[bank.Account](t, s.tables, "AccountsTable") {
		if slices.Contains(s.hot, string(account.ID)) {
			cents += int64(account.Balance)
		}
	}
	return cents
}

// watch reads all hot accounts in one snapshot, again and again: money is conserved at every instant.
func (s *storm) watch(ctx context.Context) {
	var items []types.TransactGetItem
	for _, id := range s.hot {
		owner, _, _ := strings.Cut(id, "-")
		items = append(items, types.TransactGetItem{Get: &types.Get{
			TableName: new("AccountsTable"), Key: dynamo.Item{"customer_id": dynamo.Text(owner), "account_id": dynamo.Text(id)},
		}})
	}
	for pause(ctx, 5*time.Millisecond) {
		shot, err := s.tables.client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: items})
		if err != nil {
			continue // the tables are away
		}
		s.snapshots++
		total := int64(0)
		for i, response := range shot.Responses {
			balance := dynamo.NumberOf(response.Item["balance"])
			if balance < 0 {
				s.violated("a snapshot shows %s with %d", s.hot[i], balance)
			}
			total += balance
		}
		if total != s.total {
			s.violated("a snapshot shows %d cents in all, not %d", total, s.total)
		}
	}
}
