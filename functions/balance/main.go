// Command balance is the Lambda function behind GET /balance.
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
	accounts := bank.New(bank.Config{Client: db, Accounts: r.String("ACCOUNTS_TABLE")})
	env.ExitOn(r.Err())
	rest.Start(options, New(customers, accounts, time.Now))
}
