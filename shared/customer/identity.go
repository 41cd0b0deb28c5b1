package customer

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Errors about identities. The first is also returned, wrapped, for a customer who is disabled: for the functions, an
// identity that may not act is unknown.
var (
	ErrUnknownIdentity = errors.New("customer: the identity is not linked to a customer")
	ErrDisabled        = fmt.Errorf("%w that is enabled", ErrUnknownIdentity)
	ErrLinkedElsewhere = errors.New("customer: the identity is linked to another customer")

	ErrTooManyIdentities = errors.New("customer: the customer has as many identities as they may link")
)

// Identity is a person as Auth0 vouches for them in a verified id_token.
type Identity struct {
	Person        identity.Person
	Email         string
	EmailVerified bool
}

// ByIdentity returns the customer that person may act as, or [ErrUnknownIdentity].
func (d *Directory) ByIdentity(ctx context.Context, person identity.Person) (Customer, error) {
	link, err := d.linkOf(ctx, person)
	if err != nil {
		return Customer{}, err
	}
	return d.enabledOwner(ctx, link)
}

func (d *Directory) enabledOwner(ctx context.Context, link Link) (Customer, error) {
	if link.CustomerID == "" {
		return Customer{}, ErrUnknownIdentity
	}
	customer, err := d.Get(ctx, link.CustomerID)
	switch {
	case errors.Is(err, ErrNotFound):
		return Customer{}, ErrUnknownIdentity
	case err != nil:
		return Customer{}, err
	case customer.Disabled:
		return Customer{}, ErrDisabled
	}
	return customer, nil
}

// IdentityOwner returns the customer_id of the customer that person is linked to, also of a disabled one; "" if none.
// [Directory.ByIdentity] says who may act.
func (d *Directory) IdentityOwner(ctx context.Context, person identity.Person) (customerID string, err error) {
	link, err := d.linkOf(ctx, person)
	return link.CustomerID, err
}

// Identify tells which customer an identity that logs in from address is, linking it first if [Config].Providers says
// so. The linking is among the Login's Writes: without the session nothing is linked.
func (d *Directory) Identify(ctx context.Context, id Identity, address string) (Login, error) {
	customer, err := d.ByIdentity(ctx, id.Person)
	if errors.Is(err, ErrUnknownIdentity) && !errors.Is(err, ErrDisabled) {
		return d.linkByEmail(ctx, id)
	}
	if err != nil {
		return Login{}, err
	}
	writes := []types.TransactWriteItem{d.stillEnabled(customer.ID), {ConditionCheck: &types.ConditionCheck{
		TableName: &d.Table, Key: key(identityKey(id.Person)),
		ConditionExpression:       new("customer_id = :id"),
		ExpressionAttributeValues: dynamo.Item{":id": dynamo.Text(customer.ID)},
	}}}
	if customer.Username != "" {
		writes = append(writes, d.know(Account(customer.Username), network(address)))
	}
	return Login{CustomerID: customer.ID, Writes: writes}, nil
}

func identityKey(person identity.Person) string { return "identity#" + string(person) }
