package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v4"

	"drawbridge/local/lambda"
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

// adminFunction is the logical id of the function that takes operators' commands.
const adminFunction = "AdminFunction"

// seeder makes the demo customers as an operator would, by commands to the admin function. Each command is carried out
// once, also over several starts: what the customers did since stays.
type seeder struct {
	functions lambda.Invoker
	admin     string // the function's name
}

func (s seeder) seed(ctx context.Context, world demoWorld) error {
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

func (s seeder) customer(ctx context.Context, c seedCustomer) error {
	created := members{"customer_id": c.CustomerID, "name": c.Name, "email": c.Email}
	if _, err := s.give(ctx, "create_customer", created, "customer_exists"); err != nil { // since seed.yaml was edited
		return err
	}
	there, err := s.give(ctx, "show_customer", members{"customer_id": c.CustomerID})
	if err != nil {
		return err
	}
	if there.Result.Username == "" {
		login := members{"customer_id": c.CustomerID, "username": c.Username, "password": c.Password}
		if _, err := s.give(ctx, "set_password", login); err != nil {
			return err
		}
	}
	for _, sub := range c.Identities {
		if _, err := s.give(ctx, "link_identity", members{"customer_id": c.CustomerID, "sub": sub}); err != nil {
			return err
		}
	}
	return nil
}

func (s seeder) account(ctx context.Context, a seedAccount) error {
	if _, err := s.give(
		ctx, "open_account", members{"account_id": a.AccountID, "currency": a.Currency}, "account_closed",
	); err != nil {
		return err
	}
	// Where seed.yaml was edited since the account was opened, the amount is another one.
	_, err := s.give(ctx, "deposit", members{
		"account_id": a.AccountID, "amount": a.Balance, "currency": a.Currency, "operation_id": "opening balance",
	}, "operation_id_reused")
	return err
}

// members are a command's, besides its name and the operator. Empty ones are left out.
type members map[string]string

// answer is what the seed reads of the admin function's answer.
type answer struct {
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Result  struct {
		Username string `json:"username"`
	} `json:"result"`
}

// give gives a command. A refusal is an error unless its code is expected.
func (s seeder) give(ctx context.Context, command string, m members, expected ...string) (a answer, err error) {
	all := members{"command": command, "operator": "the runner's seed"}
	for name, value := range m {
		if value != "" {
			all[name] = value
		}
	}
	payload, err := json.Marshal(all)
	if err != nil {
		return a, err
	}
	result, err := s.functions.Invoke(ctx, s.admin, payload)
	switch {
	case err != nil:
		return a, err
	case result.FunctionError != "":
		return a, fmt.Errorf("%s: %s\n%s", command, result.Payload, result.Logs)
	}
	if err := json.Unmarshal(result.Payload, &a); err != nil {
		return a, fmt.Errorf("%s: the answer is not understood: %w", command, err)
	}
	if a.Outcome == "refused" && !slices.Contains(expected, a.Code) {
		return a, fmt.Errorf("%s was refused: %s: %s", command, a.Code, a.Detail)
	}
	return a, nil
}

// seed is a step of the start. A function that does not build does not end it: its developer wants to see why.
func (r *runner) seed(ctx context.Context) error {
	if r.options.another {
		return nil
	}
	admin, ok := r.stack.Function(adminFunction)
	if !ok {
		r.terminal.printf("  The template has no %s: the demo customers are not seeded.", adminFunction)
		return nil
	}
	return r.terminal.step("demo customers", func() (string, error) {
		r.seeding.Store(true)
		defer r.seeding.Store(false)
		err := seeder{r.functions, admin.Name}.seed(ctx, r.world)
		if _, broken := errors.AsType[*lambda.BuildError](err); broken {
			return "not seeded, for " + admin.Name + " does not build", nil
		}
		return fmt.Sprint(len(r.world.Customers)), err
	})
}

// functionLine prints what a function logs. It leaves out the admin function's lines about the seed.
func (r *runner) functionLine(l lambda.Line) {
	if !r.seeding.Load() {
		r.terminal.functionLine(l)
	}
}
