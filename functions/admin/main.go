// Command admin is the Lambda function that operators give commands to. It has no route: only a
// principal of AWS that may lambda:InvokeFunction reaches it.
//
// A command is one JSON object, and so is its answer:
//
//	{"command":"freeze_account","operator":"carol","account_id":"1000000001-01","dry_run":true}
//	{"command":"freeze_account","outcome":"planned","dry_run":true,"request_id":"…",
//	 "changes":[{"of":"account 1000000001-01","what":"status","from":"open","to":"frozen"}]}
//
// The outcome is done, unchanged (all was so already), planned (a dry run: this would be done), shown or refused (with
// a code that is stable and a detail for people). A note says what a command leaves as it is, where one might think
// otherwise. A failure that the same command may cure, or that nothing cures, is an error of the function: Lambda
// repeats a command that was sent as an event, and never repeats a refusal.
//
// # How a command is carried out
//
// It first plans: it reads how things stand, refuses what cannot be, and lists what would change. A dry run ends there.
// Else the plan is carried out by the conditional writes of the bank's packages, which hold also if something changed
// since the reading; if one of them fails, the command plans again. A plan without changes writes nothing, so that a
// command given twice is carried out once; what adds up, deposit and withdraw, is known by its operation_id.
//
// # Who did what
//
// Each command leaves audit records: one when it is understood, before anything is written, and one when it has ended.
// They say who by the operator that the command names. That is the caller's word: the record of AWS CloudTrail with the
// same request id says whose credentials gave it. No password, name or address of a customer is logged.
package main

import (
	"os"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	r := env.New(os.LookupEnv)
	db := dynamo.FromEnv(r)
	directory := customer.New(customer.Config{Client: db, Table: r.String("CUSTOMERS_TABLE")})
	sessions := session.New(session.Config{Client: db, Table: r.String("SESSIONS_TABLE")})
	accounts := bank.New(bank.Config{
		Client: db, Accounts: r.String("ACCOUNTS_TABLE"), Transfers: r.String("TRANSFERS_TABLE"),
		Ledger: r.String("LEDGER_TABLE"),
	})
	env.ExitOn(r.Err())
	lambda.Start(&desk{directory: directory, bank: accounts, sessions: sessions, log: rest.NewLog(), now: time.Now})
}
