// Package customer knows the bank's customers: who they are, how they prove it, and who else may act in their name.
//
// A customer proves who they are in one of two ways. By username and password: [Directory.Authenticate]. Or by an
// identity at Auth0 that is linked to them: [Directory.Identify]. Neither logs anybody in. Each returns a [Login],
// whose Writes belong into the transaction that writes the session: they check, at that very moment, that the customer
// is not disabled and that the proof still stands, and give back the tries that a right password did not use up.
//
// # Guessing
//
// Every password tried is paid for before it is looked at, in one transaction over up to three counters, so a thousand
// guesses at the same instant cannot pass one gap. See throttle.go for the counters, and for why a stranger who uses
// them up does not lock the owner out. An unknown username costs the same reads, the same writes and the same hash as a
// known one.
//
// # Table
//
// Partition key "key":
//
//	customer#<customer_id>   name, email, username, disabled_at, identities (their people); linked_at, unlinked_at: no
//	                         e-mail address links more
//	username#<username>      customer_id, password (PHC string)
//	identity#<person>        customer_id, linked_by; an identity.Person
//	email#<address>          customer_id: one customer has one address
//	known#…, tries#…         throttle.go; swept by TTL
package customer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/text/unicode/norm"

	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Errors of writing to the directory.
var (
	ErrExists   = errors.New("customer: the customer_id or the e-mail address is in use")
	ErrNotFound = errors.New("customer: there is no such customer")
)

// Config says where customers are kept. The zero value of everything but Client and Table is strict.
type Config struct {
	Client *dynamodb.Client
	Table  string
	Now    func() time.Time // time.Now if nil

	Hasher *password.Hasher // OWASP's parameters if nil
	Limits Limits           // DefaultLimits if zero

	// Providers are those whose verified e-mail address links an unknown identity to the customer with that address,
	// each as the part of a sub of tenant Main before its last bar: auth0, samlp|staff. Without any, an operator links
	// each identity.
	Providers []string
}

// Directory is the bank's list of customers.
type Directory struct {
	Config
	resolved memory
}

// New returns a Directory.
func New(c Config) *Directory {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Hasher == nil {
		c.Hasher = password.New()
	}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits
	}
	// Round drops the monotonic reading, which may stand still while Lambda freezes the process.
	now := c.Now
	c.Now = func() time.Time { return now().Round(0) }
	return &Directory{Config: c}
}

// Customer is a customer of the bank.
type Customer struct {
	ID       string // ten digits, the first not 0
	Name     string
	Email    string // may be empty
	Username string // empty until a password is set
	Disabled bool
}

// Login is the customer whom somebody has proved to be. It counts once Writes are committed together with the session.
type Login struct {
	CustomerID string
	Linked     bool // by Writes, on the word of an e-mail address
	Writes     []types.TransactWriteItem
}

// Create adds a customer with an ID, a name and perhaps an e-mail address, or returns [ErrExists].
func (d *Directory) Create(ctx context.Context, c Customer) error {
	if _, err := identity.ParseCustomerID(c.ID); err != nil {
		return fmt.Errorf("customer: the customer_id is %w", err)
	}
	err := dynamo.Transact(ctx, d.Client, d.creation(c)...)
	if dynamo.ConditionFailed(err) {
		return ErrExists
	}
	return failed("create a customer", err)
}

func (d *Directory) creation(c Customer) []types.TransactWriteItem {
	row := key("customer#" + c.ID)
	row["name"] = dynamo.Text(c.Name)
	row["created_at"] = dynamo.Seconds(d.Now())
	writes := []types.TransactWriteItem{d.putNew(row)}
	if c.Email != "" {
		row["email"] = dynamo.Text(foldEmail(c.Email))
		address := key("email#" + foldEmail(c.Email))
		address["customer_id"] = dynamo.Text(c.ID)
		writes = append(writes, d.putNew(address))
	}
	return writes
}

// Get returns the customer, or [ErrNotFound].
func (d *Directory) Get(ctx context.Context, customerID string) (Customer, error) {
	row, err := d.read(ctx, "customer#"+customerID)
	if err != nil {
		return Customer{}, err
	}
	if row == nil {
		return Customer{}, ErrNotFound
	}
	return Customer{
		ID: customerID, Name: dynamo.TextOf(row["name"]), Email: dynamo.TextOf(row["email"]),
		Username: dynamo.TextOf(row["username"]), Disabled: row["disabled_at"] != nil,
	}, nil
}

// EmailOwner returns the customer_id of the customer who has an e-mail address, "" if nobody has.
func (d *Directory) EmailOwner(ctx context.Context, address string) (customerID string, err error) {
	return d.owner(ctx, "email#"+foldEmail(address))
}

func (d *Directory) owner(ctx context.Context, name string) (customerID string, err error) {
	row, err := d.read(ctx, name)
	return dynamo.TextOf(row["customer_id"]), err
}

// keyName: "key" is a word that DynamoDB keeps for itself.
var keyName = map[string]string{"#key": "key"}

func key(value string) dynamo.Item { return dynamo.Item{"key": dynamo.Text(value)} }

func (d *Directory) putNew(row dynamo.Item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &d.Table, Item: row,
		ConditionExpression: new("attribute_not_exists(#key)"), ExpressionAttributeNames: keyName,
	}}
}

// read returns the item under key, nil if there is none.
func (d *Directory) read(ctx context.Context, name string) (dynamo.Item, error) {
	out, err := d.Client.GetItem(ctx,
		&dynamodb.GetItemInput{TableName: &d.Table, Key: key(name), ConsistentRead: new(true)})
	if err != nil {
		return nil, failed("read", err)
	}
	return out.Item, nil
}

func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("customer: failed to %s: %w", what, err)
}

func foldEmail(address string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(address)))
}
