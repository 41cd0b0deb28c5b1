// Command reconcile is the Lambda function that compares the ledger with the balances, on a schedule.
package main

import (
	"errors"
	"log/slog"
	"os"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	settings := env.New(os.LookupEnv)
	accounts, ledger, bookmarks := settings.String("ACCOUNTS_TABLE"), settings.String("LEDGER_TABLE"), settings.String("BOOKMARKS_TABLE")
	namespace := settings.String("METRICS_NAMESPACE")
	client, err := dynamo.FromEnv(os.LookupEnv)
	if err := errors.Join(settings.Err(), err); err != nil {
		env.Exit(err)
	}
	reconciler, err := reconcile.New(reconcile.Config{Client: client, Accounts: accounts, Ledger: ledger})
	if err != nil {
		env.Exit(err)
	}
	w := &walk{
		reconciler: reconciler, bookmark: bookmark{client, bookmarks}, metrics: os.Stdout, namespace: namespace, now: time.Now,
		log: slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}
	lambda.Start(w.Run)
}
