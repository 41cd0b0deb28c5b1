// Command statement is the Lambda function behind GET /transfers.
package main

import (
	"os"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	options, db := rest.FromEnv(r), dynamo.FromEnv(r)
	customers := customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")})
	ledger := bank.New(bank.Config{
		Client: db, Ledger: r.String("LEDGER_TABLE"), Transfers: r.String("TRANSFERS_TABLE"),
	})
	env.ExitOn(r.Err())
	rest.Start(options, New(customers, ledger, time.Now))
}
