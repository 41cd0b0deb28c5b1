// Command transfer is the Lambda function behind POST /transfer.
package main

import (
	"os"
	"time"

	"drawbridge/shared/approval"
	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
)

func main() {
	r := env.New(os.LookupEnv)
	api := r.OptionalURL("API_URL")
	origin, db := r.Origin("WEB_ORIGIN"), dynamo.FromEnv(r)
	d := &desk{
		customers: customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")}),
		bank: bank.New(bank.Config{
			Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Transfers: r.String("TRANSFERS_TABLE"),
			Ledger: r.String("LEDGER_TABLE"), Approvals: r.String("APPROVALS_TABLE"), Answer: answer,
		}),
		binding: approval.Binding(r.OneOf("APPROVAL_BINDING", string(approval.Required), string(approval.Optional))),
		maxAge:  r.Seconds("STEP_UP_MAX_AGE"), log: rest.NewLog(), now: time.Now,
	}
	var secretErr, pushesErr error
	d.signer, secretErr = approval.NewSigner(r.String("APPROVAL_SECRET"))
	d.pushes, pushesErr = pushesFromEnv(r, db, d.bank.Approvals, d.maxAge)
	env.ExitOn(r.Err(), secretErr, pushesErr)
	rest.Start(rest.Options{Origin: origin, API: api, Log: d.log}, d.handler())
}
