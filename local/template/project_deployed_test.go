package template_test

import (
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/local/iam"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

const (
	ada, bob = "1000000001", "1000000002"
	adaSub   = "auth0|ada"
	secret   = "correct horse battery"
)

// deployed is the stack with the policies of its functions in front of its tables.
type deployed struct {
	*testing.T
	stack *template.Stack
	db    *dynamotest.DB
	used  *uses
}

// uses are what functions have asked for.
type uses struct {
	sync.Mutex
	of map[use]bool
}

type use struct {
	function string
	need     iam.Need
}

func (u *uses) note(o iam.Operation) {
	u.Lock()
	defer u.Unlock()
	for _, need := range o.Needs {
		u.of[use{o.Function, need}] = true
	}
}

func deploy(t *testing.T, used *uses) deployed {
	t.Helper()
	return deployed{T: t, stack: linking(t), db: dynamotest.New(t), used: used}
}

// linking is the stack of a bank that lets verified addresses link identities and asks for approvals itself: with all
// the rights there are.
func linking(t *testing.T) *template.Stack {
	t.Helper()
	return templatetest.Project(t, root, map[string]string{
		"VerifiedEmailProviders": "auth0", "ApprovalsClientId": "approvals", "ApprovalsClientKey": "a2V5",
	})
}

// as is a client under the policies of a function. The test fails if it is refused anything.
func (d deployed) as(logicalID string) *dynamodb.Client {
	d.Helper()
	return templatetest.Client(d, d.stack, d.db, logicalID, d.used.note)
}

// must fails the test and lets the walk go on: what is needed after it is noted too.
func (d deployed) must(err error) {
	d.Helper()
	testkit.WantError(d, err, nil)
}

func (d deployed) directory(client *dynamodb.Client, hasher *password.Hasher) *customer.Directory {
	return customer.New(customer.Config{Client: client, Table: d.db.Tables["CustomersTable"], Hasher: hasher})
}

func (d deployed) sessions(client *dynamodb.Client, ahead time.Duration) *session.Store {
	return session.New(session.Config{Client: client, Table: d.db.Tables["SessionsTable"],
		Now: func() time.Time { return time.Now().Add(ahead) }})
}

func (d deployed) nonces(client *dynamodb.Client) *bridge.Bridge {
	return bridge.New(bridge.Config{Client: client, Table: d.db.Tables["NoncesTable"]})
}

// customers are Ada, with a password hashed at old parameters and a linked identity, and Bob. Both have an account.
func (d deployed) customers() {
	d.Helper()
	admin := d.as("AdminFunction")
	directory, teller := d.directory(admin, password.NewInsecurelyCheap()), banktest.On(d.db, admin, time.Now)
	for _, id := range []string{ada, bob} {
		d.must(directory.Create(d.Context(), customer.Customer{ID: id, Name: id, Email: id + "@example.com"}))
		d.must(teller.Open(d.Context(), bank.AccountID(id+"-01"), "EUR"))
		d.must(banktest.Deposit(d.Context(), teller, bank.AccountID(id+"-01"), 1000, "EUR", "opening"))
	}
	d.must(directory.SetPassword(d.Context(), ada, "ada", secret))
	d.must(directory.Link(d.Context(), ada, adaSub))
}
