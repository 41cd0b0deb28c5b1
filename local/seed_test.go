package main

import (
	"testing"

	"drawbridge/local/template"
	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo/dynamotest"
)

// planted seeds the demo world into fresh tables.
func planted(t *testing.T) (*seeder, demoWorld) {
	t.Helper()
	world, err := readDemoWorld("..")
	if err != nil {
		t.Fatal(err)
	}
	db := dynamotest.New(t)
	stack := &template.Stack{}
	for id, name := range db.Tables {
		stack.Tables = append(stack.Tables, template.Table{LogicalID: id, Name: name})
	}
	s, err := newSeeder(db.Client, stack)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.seed(t.Context(), world); err != nil {
		t.Fatal(err)
	}
	return s, world
}

func balance(t *testing.T, s *seeder, c seedCustomer) string {
	t.Helper()
	accounts, err := s.bank.Balances(t.Context(), c.CustomerID)
	if err != nil || len(accounts) != len(c.Accounts) {
		t.Fatalf("%d accounts, %v", len(accounts), err)
	}
	return accounts[0].Balance.Format(accounts[0].Currency)
}

func TestDemoCustomersHaveTheirMoneyAndTheirLogins(t *testing.T) {
	s, world := planted(t)
	for _, c := range world.Customers {
		if got := balance(t, s, c); got != c.Accounts[0].Balance {
			t.Errorf("%s has %s", c.Username, got)
		}
		if there, err := s.directory.ByIdentity(t.Context(), c.Identities[0]); err != nil || there.Username != c.Username {
			t.Errorf("%s: %+v, %v", c.Username, there, err)
		}
	}
}

func TestASecondStartSeedsNothingTwice(t *testing.T) {
	s, world := planted(t)
	alice := world.Customers[0]
	id := bank.AccountID(alice.Accounts[0].AccountID)
	if err := s.bank.Deposit(t.Context(), id, 100, bank.Currency(alice.Accounts[0].Currency), "wages"); err != nil {
		t.Fatal(err)
	}
	before := balance(t, s, alice)
	world.Customers[0].Accounts[0].Balance = "9999.00" // somebody edited seed.yaml meanwhile
	if err := s.seed(t.Context(), world); err != nil {
		t.Fatal(err)
	}
	if after := balance(t, s, alice); after != before {
		t.Fatalf("%s, then %s", before, after)
	}
}
