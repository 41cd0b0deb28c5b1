// Package customertest gives a test the customers of a bank, on tables of a real engine.
package customertest

import (
	"testing"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

// On returns the directory on the tables of db, with the given customers, each linked to their login if they have one.
// It hashes cheaply and is the deployed one otherwise, unless changed.
func On(t testing.TB, db *dynamotest.DB, logins map[string]identity.Person,
	change ...func(*customer.Config)) *customer.Directory {
	t.Helper()
	config := customer.Config{
		Client: db.Client, Table: db.Tables["CustomersTable"], Hasher: password.NewInsecurelyCheap(),
	}
	for _, f := range change {
		f(&config)
	}
	directory := customer.New(config)
	for id, login := range logins {
		testkit.Must(t, directory.Create(t.Context(), customer.Customer{ID: id}))
		if login != "" {
			testkit.Must(t, directory.Link(t.Context(), id, login))
		}
	}
	return directory
}
