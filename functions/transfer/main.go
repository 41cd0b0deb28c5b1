// Command transfer is the Lambda function behind POST /transfer.
package main

import (
	"errors"
	"log/slog"
	"os"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	settings := env.New(os.LookupEnv)
	origin, maxAge, customers := settings.Origin("WEB_ORIGIN"), settings.Seconds("STEP_UP_MAX_AGE"), settings.String("CUSTOMERS_TABLE")
	tables := bank.Config{
		Accounts: settings.String("ACCOUNTS_TABLE"), Transfers: settings.String("TRANSFERS_TABLE"),
		Ledger: settings.String("LEDGER_TABLE"), StepUps: settings.String("STEP_UPS_TABLE"), Answer: answer,
	}
	client, err := dynamo.FromEnv(os.LookupEnv)
	if err := errors.Join(settings.Err(), err); err != nil {
		env.Exit(err)
	}
	tables.Client = client
	directory, unknown := customer.New(customer.Config{Client: client, Table: customers})
	teller, broken := bank.New(tables)
	if err := errors.Join(unknown, broken); err != nil {
		env.Exit(err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	rest.Start(rest.Options{Origin: origin, Log: log}, New(directory, teller, maxAge, log, time.Now))
}
