// Command balance is the Lambda function behind GET /balance.
package main

import (
	"errors"
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
	origin, customers, accounts := settings.Origin("WEB_ORIGIN"), settings.String("CUSTOMERS_TABLE"), settings.String("ACCOUNTS_TABLE")
	client, err := dynamo.FromEnv(os.LookupEnv)
	if err := errors.Join(settings.Err(), err); err != nil {
		env.Exit(err)
	}
	directory, unknown := customer.New(customer.Config{Client: client, Table: customers})
	teller, broken := bank.New(bank.Config{Client: client, Accounts: accounts})
	if err := errors.Join(unknown, broken); err != nil {
		env.Exit(err)
	}
	rest.Start(rest.Options{Origin: origin}, New(directory, teller, time.Now))
}
