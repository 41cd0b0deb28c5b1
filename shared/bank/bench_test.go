package bank_test

import (
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ratios count here, not times: run all of one benchmark together, as `go test ./shared/bank -run - -bench .` does.

// rich opens n accounts of as many customers, from the given number on, whose money does not run out.
func rich(b *testing.B, f *banktest.Fixture, first, n int) (accounts []bank.AccountID) {
	for i := range n {
		accounts = append(accounts, f.Account(b, bank.AccountID(fmt.Sprintf("%d-01", 1_000_000_000+first+i)), "EUR", bank.MaxAmount))
	}
	return accounts
}

// BenchmarkOneTransfer sets a transfer beside the bare transaction of the same items. The two take turns, so that
// whatever else the machine does weighs on both alike; the ratio is of their medians.
func BenchmarkOneTransfer(b *testing.B) {
	f := banktest.New(b)
	accounts := rich(b, f, 0, 2)
	var whole, alone []time.Duration
	timed := func(into *[]time.Duration, do func(*testing.B, *banktest.Fixture, bank.TransferRequest)) {
		request := f.Request(accounts[0], accounts[1], 1)
		began := time.Now()
		do(b, f, request)
		*into = append(*into, time.Since(began))
	}
	for b.Loop() {
		timed(&alone, bare)
		timed(&whole, pay)
	}
	b.ReportMetric(float64(median(whole).Microseconds()), "µs/transfer")
	b.ReportMetric(float64(median(alone).Microseconds()), "µs/bare")
	b.ReportMetric(float64(median(whole))/float64(median(alone)), "ratio")
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func bare(b *testing.B, f *banktest.Fixture, request bank.TransferRequest) {
	items, err := f.Items(request)
	if err == nil {
		_, err = f.DB.Client.TransactWriteItems(b.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: items})
	}
	if err != nil {
		b.Error(err)
	}
}

func pay(b *testing.B, f *banktest.Fixture, request bank.TransferRequest) {
	if receipt, err := f.Transfer(b.Context(), request); err != nil || receipt.Refusal != "" {
		b.Error(receipt.Refusal, err)
	}
}

// BenchmarkThroughput has 16 callers pay out of 1, 8 or 64 accounts.
func BenchmarkThroughput(b *testing.B) {
	for _, n := range []int{1, 8, 64} {
		f := banktest.New(b)
		payers, payees := rich(b, f, 0, n), rich(b, f, n, n)
		for name, do := range map[string]func(*testing.B, *banktest.Fixture, bank.TransferRequest){"bare": bare, "Transfer": pay} {
			b.Run(fmt.Sprintf("%d accounts/%s", n, name), func(b *testing.B) {
				var turn atomic.Int64
				b.SetParallelism(8)
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						i := int(turn.Add(1)) % n
						do(b, f, f.Request(payers[i], payees[i], 1))
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "transfers/s")
			})
		}
	}
}

var longest = flag.Int("bench.entries", 100_000, "the longest ledger of BenchmarkLedgerLength; 1000000 takes minutes to fill")

// BenchmarkLedgerLength transfers, and reads the newest page, behind ledgers of growing length.
func BenchmarkLedgerLength(b *testing.B) {
	f := banktest.New(b)
	accounts := rich(b, f, 0, 2)
	have := 0
	for length := 10; length <= *longest; length *= 10 {
		fill(b, f, accounts[0], have, length)
		have = length
		b.Run(fmt.Sprintf("transfer/%d entries", length), func(b *testing.B) {
			for b.Loop() {
				pay(b, f, f.Request(accounts[0], accounts[1], 1))
			}
		})
		b.Run(fmt.Sprintf("statement/%d entries", length), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := f.Statement(b.Context(), accounts[0].Owner(), 20, ""); err != nil {
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
		if err != nil {
			b.Fatal(err)
		}
	}
}
