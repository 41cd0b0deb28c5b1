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
	db, namespace := dynamo.FromEnv(r), r.String("METRICS_NAMESPACE")
	bookmarks := bookmark{db, r.String("BOOKMARKS_TABLE")}
	reconciler, err := reconcile.New(reconcile.Config{
		Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Ledger: r.String("LEDGER_TABLE"),
	})
	env.ExitOn(r.Err(), err)
	w := &walk{
		reconciler: reconciler, bookmark: bookmarks, metrics: os.Stdout, namespace: namespace,
		log: rest.NewLog(), now: time.Now,
	}
	lambda.Start(w.Run)
}
