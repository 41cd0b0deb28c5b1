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
	options, db := rest.FromEnv(r), dynamo.FromEnv(r)
	h := &handler{
		customers: customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")}),
		bank: bank.New(bank.Config{
			Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Transfers: r.String("TRANSFERS_TABLE"),
			Ledger: r.String("LEDGER_TABLE"), Approvals: r.String("APPROVALS_TABLE"), Answer: answer,
		}),
		signer:  env.Value(r, "APPROVAL_SECRET", approval.NewSigner),
		binding: approval.Binding(r.OneOf("APPROVAL_BINDING", string(approval.Required), string(approval.Optional))),
		maxAge:  r.Seconds("STEP_UP_MAX_AGE"), log: options.Log, now: time.Now,
	}
	var err error
	h.pushes, err = pushesFromEnv(r, db, h.bank.Approvals, h.maxAge)
	env.ExitOn(r.Err(), err)
	rest.Start(options, h.route())
}
