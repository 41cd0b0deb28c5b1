package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.yaml.in/yaml/v4"

	"drawbridge/local/template"
	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
)

// seedCustomer is a customer in local/seed.yaml.
type seedCustomer struct {
	CustomerID string        `yaml:"customer_id"`
	Name       string        `yaml:"name"`
	Email      string        `yaml:"email"`
	Username   string        `yaml:"username"`
	Password   string        `yaml:"password"`
	Identities []string      `yaml:"identities"`
	Accounts   []seedAccount `yaml:"accounts"`
}

type seedAccount struct {
	AccountID string `yaml:"account_id"`
	Currency  string `yaml:"currency"`
	Balance   string `yaml:"balance"`
}

// seedUser is one of the tenant's users in the same file.
type seedUser struct {
	Email    string `yaml:"email"`
	Password string `yaml:"password"`
}

type demoWorld struct {
	Customers []seedCustomer `yaml:"customers"`
	Users     []seedUser     `yaml:"users"`
}

func readDemoWorld(root string) (world demoWorld, err error) {
	text, err := os.ReadFile(filepath.Join(root, "local", "seed.yaml"))
	if err != nil {
		return world, fmt.Errorf("the demo customers: %w", err)
	}
	if err := yaml.Unmarshal(text, &world); err != nil {
		return world, fmt.Errorf("local/seed.yaml: %w", err)
	}
	return world, nil
}

// seeder brings the demo customers into the bank by the bank's own packages. Every step is done once only, whatever
// happened to an earlier start, and leaves alone what the customers did since.
type seeder struct {
	directory *customer.Directory
	bank      *bank.Bank
}

func newSeeder(client *dynamodb.Client, stack *template.Stack) (*seeder, error) {
	names := map[string]string{}
	for _, t := range stack.Tables {
		names[t.LogicalID] = t.Name
	}
	directory, err := customer.New(customer.Config{Client: client, Table: names["CustomersTable"]})
	if err != nil {
		return nil, err
	}
	b, err := bank.New(bank.Config{
		Client: client, Accounts: names["AccountsTable"], Transfers: names["TransfersTable"], Ledger: names["LedgerTable"],
	})
	return &seeder{directory, b}, err
}

func (s *seeder) seed(ctx context.Context, world demoWorld) error {
	for _, c := range world.Customers {
		if err := s.customer(ctx, c); err != nil {
			return fmt.Errorf("failed to seed customer %s: %w", c.CustomerID, err)
		}
		for _, a := range c.Accounts {
			if err := s.account(ctx, a); err != nil {
				return fmt.Errorf("failed to seed account %s: %w", a.AccountID, err)
			}
		}
	}
	return nil
}

func (s *seeder) customer(ctx context.Context, c seedCustomer) error {
	err := s.directory.Create(ctx, customer.Customer{ID: c.CustomerID, Name: c.Name, Email: c.Email})
	if err != nil && !errors.Is(err, customer.ErrExists) {
		return err
	}
	there, err := s.directory.Get(ctx, c.CustomerID)
	if err != nil {
		return err
	}
	if there.Username == "" {
		if err := s.directory.SetPassword(ctx, c.CustomerID, c.Username, c.Password); err != nil {
			return err
		}
	}
	for _, sub := range c.Identities {
		if err := s.directory.Link(ctx, c.CustomerID, sub); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) account(ctx context.Context, a seedAccount) error {
	id, err := bank.ParseAccountID(a.AccountID)
	if err != nil {
		return err
	}
	currency, err := bank.ParseCurrency(a.Currency)
	if err != nil {
		return err
	}
	amount, err := bank.ParseAmount(a.Balance, currency)
	if err != nil {
		return err
	}
	if err := s.bank.Open(ctx, id, currency); err != nil {
		return err
	}
	err = s.bank.Deposit(ctx, id, amount, currency, "opening balance")
	if errors.Is(err, bank.ErrKeyReused) { // seed.yaml was edited after this account had its opening balance
		return nil
	}
	return err
}
