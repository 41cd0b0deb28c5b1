package bank_test

import (
	"bytes"
	"context"
	"maps"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// judge looks at what the workload has left behind, and finds everything that must not be.
func (w *world) judge(ctx context.Context) {
	before := w.executed(ctx)
	w.ask(ctx, before)
	after := w.executed(ctx)

	accepted := map[string]*fate{}
	for id, f := range w.fates {
		if len(f.answers) == 0 {
			continue // a key that only ever met a used approval
		}
		for _, answer := range f.answers[1:] {
			if !bytes.Equal(answer.Answer, f.answers[0].Answer) {
				w.violated("%s was answered %s and %s", id, f.answers[0].Answer, answer.Answer)
			}
		}
		if o := outcome(f.answers[0].Answer); o.Refusal == "" {
			accepted[o.TransferID] = f
			w.entries(id, o, after[o.TransferID])
		}
	}
	for id, entries := range after {
		if accepted[id] == nil {
			w.violated("transfer %s has %d entries and nobody was told of it", id, len(entries))
		}
	}
	if len(after) != len(accepted) {
		w.violated("%d transfers executed, %d acknowledged", len(after), len(accepted))
	}
	for id := range before {
		if after[id] == nil {
			w.violated("transfer %s has disappeared", id)
		}
	}
	w.approvals(ctx, accepted)
	w.reconcile(ctx)
}

// entries checks the two entries of an accepted transfer.
func (w *world) entries(id string, o bank.Outcome, found []bank.Entry) {
	sums := map[bank.AccountID]bank.Amount{}
	for _, e := range found {
		sums[e.Account] += e.Amount
	}
	want := map[bank.AccountID]bank.Amount{o.From: -o.Amount, o.To: o.Amount}
	if len(found) != 2 || !maps.Equal(sums, want) {
		w.violated("%s was accepted and has the entries %+v", id, found)
	}
}

// ask sends every unanswered key once more, without faults: it must learn what the first one did.
func (w *world) ask(ctx context.Context, executed map[string][]bank.Entry) {
	for id, f := range w.fates {
		if f.unanswered == 0 {
			continue
		}
		request := f.request
		request.ApprovalID = "asking-" + id
		f.approvals[request.ApprovalID] = true
		receipt, err := w.clean.Transfer(ctx, request)
		if err != nil {
			w.violated("%s, asked again: %v", id, err)
			continue
		}
		before := executed[outcome(receipt.Answer).TransferID] != nil
		if receipt.Refusal == "" && receipt.Replayed != before {
			w.violated("%s, asked again: replayed is %t, executed before is %t", id, receipt.Replayed, before)
		}
		if len(f.answers) == 0 {
			f.request, f.answered = request, time.Now()
		}
		f.answers = append(f.answers, receipt)
	}
}

// executed returns the entries of every transfer in the ledger, by its id.
func (w *world) executed(ctx context.Context) map[string][]bank.Entry {
	transfers := map[string][]bank.Entry{}
	for _, e := range scan[bank.Entry](ctx, w, "LedgerTable") {
		if e.Counterparty != "" {
			transfers[e.TransferID] = append(transfers[e.TransferID], e)
		}
	}
	return transfers
}

// approvals checks that each transfer has used up one approval, one of those that were sent with it, and that no
// approval stands behind two.
func (w *world) approvals(ctx context.Context, accepted map[string]*fate) {
	type use struct {
		Approval string `dynamodbav:"approval_id"`
		Key      string `dynamodbav:"transfer_key"`
	}
	type record struct {
		Key      string `dynamodbav:"transfer_key"`
		Transfer string `dynamodbav:"transfer_id"`
	}
	transfers := map[string]string{}
	for _, r := range scan[record](ctx, w, "TransfersTable") {
		transfers[r.Key] = r.Transfer
	}
	paid := map[string]string{}
	for _, u := range scan[use](ctx, w, "ApprovalsTable") {
		id := transfers[u.Key]
		f := accepted[id]
		switch {
		case f == nil:
			w.violated("approval %s is used up, and its transfer was not made", u.Approval)
		case paid[id] != "":
			w.violated("%s has used up the approvals %s and %s", id, paid[id], u.Approval)
		case !f.approvals[u.Approval]:
			w.violated("%s was paid with the approval %s, which was not sent with it", id, u.Approval)
		}
		paid[id] = u.Approval
	}
	if len(paid) != len(accepted) {
		w.violated("approvals of %d transfers are used, %d were made", len(paid), len(accepted))
	}
}

func (w *world) reconcile(ctx context.Context) {
	r := reconcile.New(reconcile.Config{
		Client: w.db.Client, Accounts: w.db.Tables["AccountsTable"], Ledger: w.db.Tables["LedgerTable"],
		Pause: time.Millisecond,
	})
	report, err := reconciletest.All(ctx, r)
	if err != nil || len(report.Unsettled) > 0 {
		w.violated("reconcile: %v, unsettled %v", err, report.Unsettled)
	}
	for _, difference := range report.Differences {
		w.violated("%v", difference)
	}
	total := bank.Amount(0)
	for _, account := range scan[bank.Account](ctx, w, "AccountsTable") {
		if account.Balance < 0 {
			w.violated("%s has %d", account.ID, account.Balance)
		}
		total += account.Balance
	}
	if total != hotAccounts*endowment {
		w.violated("there are %d in all, not %d", total, hotAccounts*endowment)
	}
}

func scan[T any](ctx context.Context, w *world, table string) (all []T) {
	input := &dynamodb.ScanInput{TableName: new(w.db.Tables[table]), ConsistentRead: new(true)}
	pages := dynamodb.NewScanPaginator(w.db.Client, input)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var items []T
		if err == nil {
			err = attributevalue.UnmarshalListOfMaps(page.Items, &items)
		}
		if err != nil {
			w.violated("%s cannot be read: %v", table, err)
			return all
		}
		all = append(all, items...)
	}
	return all
}
