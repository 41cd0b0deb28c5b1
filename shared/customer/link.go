package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Link lets person act as the customer. To link it again changes nothing; if it is another customer's, that is
// [ErrLinkedElsewhere].
func (d *Directory) Link(ctx context.Context, customerID string, person identity.Person) error {
	err := dynamo.Transact(ctx, d.Client, d.mark(customerID, linking(person), "attribute_exists(#key)"),
		d.link(customerID, person, "operator"))
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

// MaxIdentities is how many identities a customer may link without an operator: as many as an approval may name.
const MaxIdentities = 5

// ByCustomer is the [Link.LinkedBy] of a link that the customer made, which takes a login by password.
const ByCustomer = "customer"

// LinkOwn returns the writes that link person to a customer at the customer's own word. They belong into the
// transaction that uses up the proof of both logins. [OwnLinkRefused] reads why they fail.
func (d *Directory) LinkOwn(customerID string, person identity.Person) []types.TransactWriteItem {
	list := d.mark(customerID, linking(person), enabled+
		" AND (attribute_not_exists(identities) OR contains(identities, :sub) OR size(identities) < :max)")
	list.Update.ExpressionAttributeValues[":sub"] = dynamo.Text(string(person))
	list.Update.ExpressionAttributeValues[":max"] = dynamo.Number(MaxIdentities)
	list.Update.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	return []types.TransactWriteItem{list, d.link(customerID, person, ByCustomer)}
}

// OwnLinkRefused says why the writes of [Directory.LinkOwn] failed, given their part of the transaction's reasons: nil
// if they did not.
func OwnLinkRefused(reasons []types.CancellationReason) error {
	switch {
	case len(reasons) != 2:
		return nil
	case dynamo.Failed(reasons[1]):
		return ErrLinkedElsewhere
	case dynamo.Failed(reasons[0]) && reasons[0].Item["disabled_at"] == nil && reasons[0].Item != nil:
		return ErrTooManyIdentities
	case dynamo.Failed(reasons[0]):
		return ErrDisabled
	}
	return nil
}

// Link is an identity of a customer.
type Link struct {
	Person     identity.Person
	CustomerID string // empty if the person is linked to nobody
	LinkedBy   string // operator, verified_email or ByCustomer
	LinkedAt   time.Time
}

func (d *Directory) linkOf(ctx context.Context, person identity.Person) (Link, error) {
	row, err := d.read(ctx, identityKey(person))
	return Link{
		Person: person, CustomerID: dynamo.TextOf(row["customer_id"]),
		LinkedBy: dynamo.TextOf(row["linked_by"]), LinkedAt: dynamo.TimeOf(row["linked_at"]),
	}, err
}

// Links returns a customer's identities, sorted, also of a customer who is disabled. One that was linked before
// customers had a list of them is among them once it is linked again.
func (d *Directory) Links(ctx context.Context, customerID string) ([]Link, error) {
	row, err := d.read(ctx, "customer#"+customerID)
	if err != nil {
		return nil, err
	}
	return d.linksIn(ctx, row, customerID)
}

// linksIn reads the links of the people in a customer's row.
func (d *Directory) linksIn(ctx context.Context, row dynamo.Item, customerID string) ([]Link, error) {
	links := []Link{}
	for _, person := range slices.Sorted(slices.Values(dynamo.SetOf(row["identities"]))) {
		link, err := d.linkOf(ctx, identity.Person(person))
		if err != nil {
			return nil, err
		}
		if link.CustomerID == customerID { // else it was unlinked since
			links = append(links, link)
		}
	}
	return links, nil
}

// Unlink no longer lets person act as the customer. If person is nobody's, it changes nothing; if it is another
// customer's, that is [ErrLinkedElsewhere]. [Directory.Link] links it again.
//
// What is under way ends like this. A login by person commits before the unlinking, or not at all. An Auth0 access
// token of person is a stranger's when [Directory.Resolve] next looks: within a minute. A session lives on: a caller
// who unlinks a stolen identity ends the sessions next, in this order. An address from which person has logged in stays
// known (throttle.go): it has its own few tries at the password, no more.
func (d *Directory) Unlink(ctx context.Context, customerID string, person identity.Person) error {
	err := dynamo.Transact(ctx, d.Client,
		d.mark(customerID, unlinking(person), "attribute_exists(#key)"),
		types.TransactWriteItem{Delete: &types.Delete{
			TableName: &d.Table, Key: key(identityKey(person)),
			ConditionExpression:                 new("customer_id = :id"),
			ExpressionAttributeValues:           dynamo.Item{":id": dynamo.Text(customerID)},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}})
	if reasons, _ := dynamo.Cancellation(err); len(reasons) == 2 {
		switch {
		case dynamo.Failed(reasons[0]):
			return ErrNotFound
		case dynamo.Failed(reasons[1]) && reasons[1].Item == nil:
			return nil
		case dynamo.Failed(reasons[1]):
			return ErrLinkedElsewhere
		}
	}
	return failed("unlink an identity", err)
}

// linkByEmail is the login of an identity that nobody has. It links the identity to the customer with its e-mail
// address if the identity is of tenant Main and its provider, one of [Config].Providers, says that the address is
// verified. The address must be ASCII: in other scripts two mailboxes can fold to one spelling.
//
// An address links a customer's first identity and no other: after any linking or unlinking it opens nothing, so that
// an address that changes hands, or an identity that an operator took away, does not come back in.
func (d *Directory) linkByEmail(ctx context.Context, id Identity) (Login, error) {
	sub := string(id.Person.Subject())
	provider := sub[:max(strings.LastIndexByte(sub, '|'), 0)]
	trusted := id.Person.Tenant() == identity.Main && slices.Contains(d.Providers, provider)
	ascii := !strings.ContainsFunc(id.Email, func(r rune) bool { return r <= ' ' || r > '~' })
	if !trusted || !id.EmailVerified || id.Email == "" || !ascii {
		return Login{}, ErrUnknownIdentity
	}
	customerID, err := d.EmailOwner(ctx, id.Email)
	if err != nil {
		return Login{}, err
	}
	if customerID == "" {
		return Login{}, ErrUnknownIdentity
	}
	first := d.mark(customerID, linking(id.Person),
		enabled+" AND email = :email AND attribute_not_exists(linked_at) AND attribute_not_exists(unlinked_at)")
	first.Update.ExpressionAttributeValues[":email"] = dynamo.Text(foldEmail(id.Email))
	return Login{
		CustomerID: customerID, Linked: true,
		Writes: []types.TransactWriteItem{first, d.link(customerID, id.Person, "verified_email")},
	}, nil
}

// change is what linking or unlinking an identity changes of the customer.
type change struct {
	expression string
	person     identity.Person
}

func linking(person identity.Person) change {
	return change{"SET linked_at = :now ADD identities :subs", person}
}

func unlinking(person identity.Person) change {
	return change{"SET unlinked_at = :now DELETE identities :subs", person}
}

// mark makes a change of the customer, on a condition.
func (d *Directory) mark(customerID string, c change, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &d.Table, Key: key("customer#" + customerID), UpdateExpression: &c.expression,
		ExpressionAttributeValues: dynamo.Item{":now": dynamo.Seconds(d.Now()), ":subs": dynamo.Set(string(c.person))},
		ConditionExpression:       &condition, ExpressionAttributeNames: keyName,
	}}
}

// link makes person the customer's, unless it is another's.
func (d *Directory) link(customerID string, person identity.Person, by string) types.TransactWriteItem {
	row := key(identityKey(person))
	row["customer_id"] = dynamo.Text(customerID)
	row["linked_by"] = dynamo.Text(by)
	row["linked_at"] = dynamo.Seconds(d.Now())
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &d.Table, Item: row,
		ConditionExpression:       new("attribute_not_exists(#key) OR customer_id = :id"),
		ExpressionAttributeValues: dynamo.Item{":id": dynamo.Text(customerID)}, ExpressionAttributeNames: keyName,
	}}
}
