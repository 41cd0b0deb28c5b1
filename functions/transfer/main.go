// Command transfer is the Lambda function behind POST /transfer.
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
	api := r.OptionalURL("API_URL")
	log := rest.NewLog()
	origin, maxAge, db := r.Origin("WEB_ORIGIN"), r.Seconds("STEP_UP_MAX_AGE"), dynamo.FromEnv(r)
	customers := customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")})
	transfers, err := bank.New(bank.Config{
		Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Transfers: r.String("TRANSFERS_TABLE"),
		Ledger: r.String("LEDGER_TABLE"), StepUps: r.String("STEP_UPS_TABLE"), Answer: answer,
	})
	env.ExitOn(r.Err(), err)
	rest.Start(rest.Options{Origin: origin, API: api, Log: log}, New(customers, transfers, maxAge, log, time.Now))
}
