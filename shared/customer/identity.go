package customer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// Linking is what happens when somebody logs in by an identity that no customer has.
type Linking string

const (
	// KnownIdentities refuses it: identities are linked by [Directory.Link] alone, after the bank's own checks.
	KnownIdentities Linking = "known"
	// VerifiedEmail links it to the customer with its e-mail address, if the identity's provider is on the list and
	// says that the address is verified. Once for each customer: a second identity is not linked by address, so that
	// an address that changes hands later opens nothing. And not after [Directory.Unlink].
	VerifiedEmail Linking = "verified_email"
	// CreateCustomers makes a new customer of whoever Auth0 lets in.
	CreateCustomers Linking = "create"
)

func (l Linking) check(providers []string) error {
	switch {
	case l != KnownIdentities && l != VerifiedEmail && l != CreateCustomers:
		return errors.New("customer: the linking policy must be known, verified_email or create")
	case (l == VerifiedEmail) != (len(providers) > 0):
		return errors.New("customer: providers belong to the linking policy verified_email, and it needs them")
	}
	return nil
}

// Errors about identities. The first is also returned, wrapped, for a customer who is disabled: to the functions, an
// identity that may not act is one that nobody has.
var (
	ErrUnknownIdentity = errors.New("customer: the identity is not linked to a customer")
	ErrDisabled        = fmt.Errorf("%w that is enabled", ErrUnknownIdentity)
	ErrLinkedElsewhere = errors.New("customer: the identity is linked to another customer")
)

// maxSubject is the most that OpenID Connect Core (section 2) lets a sub have, in ASCII characters.
const maxSubject = 255

// Identity is somebody as Auth0 vouches for them in a verified id_token.
type Identity struct {
	Subject       string // sub
	Email         string
	EmailVerified bool
}

// Link lets sub act as the customer. To link it again changes nothing; if it is another customer's, that is
// [ErrLinkedElsewhere].
func (d *Directory) Link(ctx context.Context, customerID, sub string) error {
	if err := checkSubject(sub); err != nil {
		return err
	}
	exists := d.stillEnabled(customerID)
	exists.ConditionCheck.ConditionExpression = aws.String("attribute_exists(#key)")
	link := d.link(customerID, sub, "operator")
	link.Put.ConditionExpression = aws.String("attribute_not_exists(#key) OR customer_id = :id")
	link.Put.ExpressionAttributeValues = dynamo.Item{":id": dynamo.Text(customerID)}
	err := dynamo.Transact(ctx, d.client, exists, link)
	if reasons, _ := dynamo.Cancellation(err); len(reasons) == 2 {
		switch {
		case dynamo.Failed(reasons[0]):
			return ErrNotFound
		case dynamo.Failed(reasons[1]):
			return ErrLinkedElsewhere
		}
	}
	return failed("link an identity", err)
}

func (d *Directory) link(customerID, sub, by string) types.TransactWriteItem {
	row := key("identity#" + sub)
	row["customer_id"] = dynamo.Text(customerID)
	row["linked_by"] = dynamo.Text(by)
	row["linked_at"] = dynamo.Seconds(d.now())
	return d.putNew(row)
}

func checkSubject(sub string) error {
	if sub == "" || len(sub) > maxSubject {
		return fmt.Errorf("customer: a sub has 1 to %d characters", maxSubject)
	}
	return nil
}

// ByIdentity returns the customer that sub may act as, or [ErrUnknownIdentity].
func (d *Directory) ByIdentity(ctx context.Context, sub string) (Customer, error) {
	if checkSubject(sub) != nil {
		return Customer{}, ErrUnknownIdentity
	}
	row, err := d.read(ctx, "identity#"+sub)
	if err != nil {
		return Customer{}, err
	}
	if row == nil {
		return Customer{}, ErrUnknownIdentity
	}
	customer, err := d.Get(ctx, dynamo.TextOf(row["customer_id"]))
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

// Identify tells which customer an identity that logs in from address is, linking it first if the policy says so.
// The linking itself is among the Login's Writes: without the session nothing is linked.
func (d *Directory) Identify(ctx context.Context, id Identity, address string) (Login, error) {
	customer, err := d.ByIdentity(ctx, id.Subject)
	if errors.Is(err, ErrDisabled) {
		return Login{}, err
	}
	if errors.Is(err, ErrUnknownIdentity) {
		return d.linkOnLogin(ctx, id)
	}
	if err != nil {
		return Login{}, err
	}
	writes := []types.TransactWriteItem{d.stillEnabled(customer.ID), {ConditionCheck: &types.ConditionCheck{
		TableName: &d.table, Key: key("identity#" + id.Subject),
		ConditionExpression: aws.String("customer_id = :id"), ExpressionAttributeValues: dynamo.Item{":id": dynamo.Text(customer.ID)},
	}}}
	if customer.Username != "" {
		writes = append(writes, d.know(Account(customer.Username), network(address)))
	}
	return Login{CustomerID: customer.ID, Writes: writes}, nil
}

func (d *Directory) linkOnLogin(ctx context.Context, id Identity) (Login, error) {
	switch d.linking {
	case VerifiedEmail:
		return d.linkByEmail(ctx, id)
	case CreateCustomers:
		if checkSubject(id.Subject) != nil {
			return Login{}, ErrUnknownIdentity
		}
		customerID := newID()
		writes := append(d.creation(Customer{ID: customerID}), d.link(customerID, id.Subject, string(CreateCustomers)))
		return Login{CustomerID: customerID, Writes: writes}, nil
	default:
		return Login{}, ErrUnknownIdentity
	}
}

func (d *Directory) linkByEmail(ctx context.Context, id Identity) (Login, error) {
	bar := strings.LastIndexByte(id.Subject, '|')
	if !id.EmailVerified || id.Email == "" || bar < 0 || !slices.Contains(d.providers, id.Subject[:bar]) {
		return Login{}, ErrUnknownIdentity
	}
	email := foldEmail(id.Email)
	row, err := d.read(ctx, "email#"+email)
	if err != nil {
		return Login{}, err
	}
	if row == nil {
		return Login{}, ErrUnknownIdentity
	}
	customerID := dynamo.TextOf(row["customer_id"])
	once := types.TransactWriteItem{Update: &types.Update{
		TableName: &d.table, Key: key("customer#" + customerID),
		UpdateExpression:         aws.String("SET linked_by_email = :sub"),
		ConditionExpression:      aws.String(enabled + " AND email = :email AND attribute_not_exists(linked_by_email) AND attribute_not_exists(unlinked_at)"),
		ExpressionAttributeNames: keyName,
		ExpressionAttributeValues: dynamo.Item{
			":sub": dynamo.Text(id.Subject), ":email": dynamo.Text(email),
		},
	}}
	return Login{CustomerID: customerID, Writes: []types.TransactWriteItem{once, d.link(customerID, id.Subject, string(VerifiedEmail))}}, nil
}

// newID returns a random customer_id. If it is taken, the transaction that creates the customer fails.
func newID() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(9_000_000_000)) // crypto/rand's reader never fails
	return n.Add(n, big.NewInt(1_000_000_000)).String()
}
