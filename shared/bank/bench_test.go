package bank_test

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ratios count here, not times: a transfer and the bare transaction of the same items, made beforehand, take turns, so
// that whatever else the machine does weighs on both alike.

// rich opens n accounts of as many customers, from the given number on, whose money does not run out.
func rich(b *testing.B, f *banktest.Fixture, first, n int) (accounts []bank.AccountID) {
	for i := range n {
		id := bank.AccountID(fmt.Sprintf("%d-01", 1_000_000_000+first+i))
		accounts = append(accounts, f.Account(b, id, "EUR", bank.MaxAmount))
	}
	return accounts
}

// turns is how long each transfer took, and each bare transaction.
type turns struct{ whole, alone []time.Duration }

func (t *turns) take(b *testing.B, f *banktest.Fixture, from, to bank.AccountID) {
	request, items := f.Request(from, to, 1), itemsOf(b, f, f.Request(from, to, 1))
	t.alone = append(t.alone, timed(func() { send(b, f, items) }))
	t.whole = append(t.whole, timed(func() { pay(b, f, request) }))
}

func (t *turns) report(b *testing.B) {
	whole, alone := median(t.whole), median(t.alone)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(whole.Microseconds()), "µs/transfer")
	b.ReportMetric(float64(alone.Microseconds()), "µs/bare")
	b.ReportMetric(float64(whole)/float64(alone), "ratio")
}

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func itemsOf(b *testing.B, f *banktest.Fixture, request bank.TransferRequest) []types.TransactWriteItem {
	items, err := f.Items(request)
	testkit.Must(b, err)
	return items
}

func send(b *testing.B, f *banktest.Fixture, items []types.TransactWriteItem) {
	input := &dynamodb.TransactWriteItemsInput{TransactItems: items}
	if _, err := f.DB.Client.TransactWriteItems(b.Context(), input); err != nil {
		b.Error(err)
	}
}

func pay(b *testing.B, f *banktest.Fixture, request bank.TransferRequest) {
	if receipt, err := f.Transfer(b.Context(), request); err != nil || receipt.Refusal != "" {
		b.Error(receipt.Refusal, err)
	}
}

func BenchmarkOneTransfer(b *testing.B) {
	f := banktest.New(b)
	accounts := rich(b, f, 0, 2)
	var t turns
	for b.Loop() {
		t.take(b, f, accounts[0], accounts[1])
	}
	t.report(b)
}

// BenchmarkThroughput has 16 callers pay out of 1, 8 or 64 accounts, in rounds of bare transactions and of transfers.
func BenchmarkThroughput(b *testing.B) {
	const callers, round = 16, 64
	for _, n := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("%d accounts", n), func(b *testing.B) {
			f := banktest.New(b)
			payers, payees := rich(b, f, 0, n), rich(b, f, n, n)
			var t turns
			for b.Loop() {
				var requests []bank.TransferRequest
				var bare [][]types.TransactWriteItem
				for i := range round {
					requests = append(requests, f.Request(payers[i%n], payees[i%n], 1))
					bare = append(bare, itemsOf(b, f, f.Request(payers[i%n], payees[i%n], 1)))
				}
				t.alone = append(t.alone, timed(func() { share(callers, round, func(i int) { send(b, f, bare[i]) }) }))
				t.whole = append(t.whole, timed(func() { share(callers, round, func(i int) { pay(b, f, requests[i]) }) }))
			}
			whole, alone := median(t.whole), median(t.alone)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(round/whole.Seconds(), "transfers/s")
			b.ReportMetric(round/alone.Seconds(), "bare/s")
			b.ReportMetric(float64(whole)/float64(alone), "ratio")
		})
	}
}

// share has callers do n things between them.
func share(callers, n int, do func(i int)) {
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < n; i += callers {
				do(i)
			}
		})
	}
	group.Wait()
}

var longest = flag.Int("bench.entries", 100_000, "the longest ledger of BenchmarkLedgerLength; 1000000 takes minutes")

// BenchmarkLedgerLength transfers, and reads the newest page, behind ledgers of growing length.
func BenchmarkLedgerLength(b *testing.B) {
	f := banktest.New(b)
	accounts := rich(b, f, 0, 2)
	have := 0
	for length := 10; length <= *longest; length *= 10 {
		fill(b, f, accounts[0], have, length)
		have = length
		b.Run(fmt.Sprintf("transfer/%d entries", length), func(b *testing.B) {
			var t turns
			for b.Loop() {
				t.take(b, f, accounts[0], accounts[1])
			}
			t.report(b)
		})
		b.Run(fmt.Sprintf("statement/%d entries", length), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := f.Statement(b.Context(), accounts[0].Owner(), bank.Page{Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fill writes old entries straight into the table.
func fill(b *testing.B, f *banktest.Fixture, account bank.AccountID, from, to int) {
	const batch = 25
	for from < to {
		var writes []types.WriteRequest
		for ; from < to && len(writes) < batch; from++ {
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: dynamo.Item{
				"customer_id": dynamo.Text(account.Owner()), "entry_id": dynamo.Text(fmt.Sprintf("2020-01-01T00:00:00.%09d", from)),
				"account_id": dynamo.Text(string(account)), "transfer_id": dynamo.Text("old"), "amount": dynamo.Number(0),
				"currency": dynamo.Text("EUR"), "created_at": dynamo.Text("2020-01-01T00:00:00.000000Z"),
			}}})
		}
		_, err := f.DB.Client.BatchWriteItem(b.Context(), &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{f.DB.Tables["LedgerTable"]: writes},
		})
		testkit.Must(b, err)
	}
}
