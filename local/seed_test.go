package main

import (
	"maps"
	"sync"
	"testing"

	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

// garden is fresh tables, the real admin function as the template describes it, and what a test looks at them with.
type garden struct {
	seeder
	world     demoWorld
	bank      *bank.Bank
	directory *customer.Directory
}

// built is the admin function's binary, built by the first test that needs it.
var built struct {
	sync.Once
	builder *gobuild.Builder
	err     error
}

func newGarden(t *testing.T) *garden {
	t.Helper()
	built.Do(func() {
		cache, err := gobuild.Cache("..")
		testkit.Must(t, err)
		built.builder, built.err = gobuild.New(gobuild.Config{
			Root: "..", Out: cache + "/functions", Packages: map[string]string{adminFunction: "functions/admin"},
		})
	})
	testkit.Must(t, built.err)
	stack := templatetest.Project(t, "..", nil)
	admin, ok := stack.Function(adminFunction)
	if !ok {
		t.Fatal("the template has no " + adminFunction)
	}
	db := dynamotest.New(t)
	environment := maps.Clone(admin.Environment)
	for name, table := range environment {
		environment[name] = db.Tables[table]
	}
	environment["AWS_ENDPOINT_URL_DYNAMODB"] = templatetest.Endpoint(t, stack, db, adminFunction, nil)
	functions, err := lambda.NewHost(lambda.Config{
		Functions: []lambda.Function{
			{Name: admin.Name, Timeout: admin.Timeout, Environment: environment},
		},
		Binaries: built.builder, Region: stack.Region,
	})
	testkit.Must(t, err)
	t.Cleanup(func() { functions.Close() })
	world, err := readDemoWorld("..")
	testkit.Must(t, err)
	directory := customer.New(customer.Config{Client: db.Client, Table: db.Tables["CustomersTable"]})
	return &garden{seeder{functions, admin.Name}, world, banktest.On(db, db.Client, nil), directory}
}

// planted has been seeded once.
func planted(t *testing.T) *garden {
	t.Helper()
	g := newGarden(t)
	testkit.Must(t, g.seed(t.Context(), g.world))
	return g
}

func (g *garden) balance(t *testing.T, c seedCustomer) string {
	t.Helper()
	accounts, err := g.bank.Balances(t.Context(), c.CustomerID)
	if err != nil || len(accounts) != len(c.Accounts) {
		t.Fatalf("%d accounts, %v", len(accounts), err)
	}
	return accounts[0].Balance.Format(accounts[0].Currency)
}

func TestDemoCustomersHaveTheirMoneyAndTheirLogins(t *testing.T) {
	g := planted(t)
	for _, c := range g.world.Customers {
		if got := g.balance(t, c); got != c.Accounts[0].Balance {
			t.Errorf("%s has %s", c.Username, got)
		}
		if there, err := g.directory.ByIdentity(t.Context(), identity.Person(c.Identities[0])); err != nil ||
			there.Username != c.Username {
			t.Errorf("%s: %+v, %v", c.Username, there, err)
		}
		if _, err := g.directory.Authenticate(t.Context(), c.Username, c.Password, "127.0.0.1"); err != nil {
			t.Errorf("%s: %v", c.Username, err)
		}
	}
}

func TestASecondStartSeedsNothingTwice(t *testing.T) {
	g := planted(t)
	alice := g.world.Customers[0]
	id := bank.AccountID(alice.Accounts[0].AccountID)
	testkit.Must(t, banktest.Deposit(t.Context(), g.bank, id, 100, bank.Currency(alice.Accounts[0].Currency), "wages"))
	before := g.balance(t, alice)
	g.world.Customers[0].Name = "Alice Baker" // somebody edited seed.yaml meanwhile
	g.world.Customers[0].Accounts[0].Balance = "9999.00"
	g.world.Customers[0].Password = "another-password"
	testkit.Must(t, g.seed(t.Context(), g.world))
	if after := g.balance(t, alice); after != before {
		t.Fatalf("%s, then %s", before, after)
	}
	if _, err := g.directory.Authenticate(t.Context(), alice.Username, alice.Password, "127.0.0.1"); err != nil {
		t.Errorf("the password that was kept: %v", err)
	}
}

func TestWhatTheSeedMaySeedNoMoreStaysAsItIs(t *testing.T) {
	g := planted(t)
	id := bank.AccountID(g.world.Customers[0].Accounts[0].AccountID)
	if _, err := g.bank.Book(t.Context(),
		bank.Booking{Account: id, Amount: -2500_00, Currency: "EUR", Key: "all"}); err != nil {
		t.Fatal(err)
	}
	testkit.Must(t, g.bank.Close(t.Context(), id))
	if err := g.seed(t.Context(), g.world); err != nil {
		t.Error(err)
	}
}

func TestASeedThatIsRefusedSaysWhy(t *testing.T) {
	g := newGarden(t)
	g.world.Customers[0].Password = "password"
	testkit.Refused(t, g.seed(t.Context(), g.world), "1000000001", "login_not_allowed")
}
