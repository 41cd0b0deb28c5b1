// Command reconcile is the Lambda function that compares the ledger with the balances, on a schedule.
package main

import (
	"os"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/rest"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	r := env.New(os.LookupEnv)
	db := dynamo.FromEnv(r)
	w := &walk{
		reconciler: reconcile.New(reconcile.Config{
			Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Ledger: r.String("LEDGER_TABLE"),
		}),
		bookmark: bookmark{db, r.String("BOOKMARKS_TABLE")},
		metrics:  os.Stdout, namespace: r.String("METRICS_NAMESPACE"), log: rest.NewLog(), now: time.Now,
	}
	env.ExitOn(r.Err())
	lambda.Start(w.Run)
}
