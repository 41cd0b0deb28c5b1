package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// over returns a walk over a bank of seven customers, two accounts a page, and what it writes.
func over(t *testing.T) (f *banktest.Fixture, w *walk, metrics, log *bytes.Buffer) {
	f = banktest.New(t)
	for i := range 7 {
		f.Account(t, bank.AccountID(fmt.Sprintf("100000000%d-01", i+1)), "EUR", 10_00)
	}
	r := reconcile.New(reconcile.Config{
		Client: f.DB.Client, Accounts: f.DB.Tables["AccountsTable"], Ledger: f.DB.Tables["LedgerTable"], PageSize: 2,
		Pause: time.Millisecond,
	})
	metrics, log = &bytes.Buffer{}, &bytes.Buffer{}
	return f, &walk{
		reconciler: r, bookmark: bookmark{f.DB.Client, f.DB.Tables["BookmarksTable"]}, metrics: metrics,
		namespace: "a-stack",
		now:       time.Now,
		log:       slog.New(slog.NewTextHandler(log, nil)),
	}, metrics, log
}

// sum adds up what all lines of metrics say.
func sum(t *testing.T, metrics io.Reader) (total counts) {
	t.Helper()
	for lines := json.NewDecoder(metrics); lines.More(); {
		var line counts
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		total.LedgerDifferences += line.LedgerDifferences
		total.AccountsReconciled += line.AccountsReconciled
		total.CustomersUnsettled += line.CustomersUnsettled
		total.CustomersPassedOver += line.CustomersPassedOver
		total.CompleteWalks += line.CompleteWalks
	}
	return total
}

func TestAWalkSeesEveryAccountAndBeginsAnewAfterTheEnd(t *testing.T) {
	_, w, metrics, _ := over(t)
	for range 2 {
		if err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := sum(t, metrics); got != (counts{AccountsReconciled: 7, CompleteWalks: 1}) {
			t.Errorf("%+v", got)
		}
	}
}

// tamper gives 1000000004-01 a cent of which its ledger knows nothing.
func tamper(t *testing.T, f *banktest.Fixture) {
	t.Helper()
	_, err := f.DB.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: new(f.DB.Tables["AccountsTable"]), UpdateExpression: new("ADD balance :one"),
		Key: dynamo.Item{
			"customer_id": dynamo.Text("1000000004"), "account_id": dynamo.Text("1000000004-01"),
		},
		ExpressionAttributeValues: dynamo.Item{":one": dynamo.Number(1)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestADifferenceIsCountedAndNamed(t *testing.T) {
	f, w, metrics, log := over(t)
	tamper(t, f)
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(metrics.String(), `"Namespace":"a-stack","Dimensions":[[]]`) {
		t.Errorf("no metric directive in %s", metrics)
	}
	if got := sum(t, metrics); got.LedgerDifferences != 1 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(log.String(), "1000000004-01: balance 1001, ledger 1000") {
		t.Errorf("log %s", log)
	}
}
