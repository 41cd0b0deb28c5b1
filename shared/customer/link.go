package customer

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Link lets sub act as the customer. To link it again changes nothing; if it is another customer's, that is
// [ErrLinkedElsewhere].
func (d *Directory) Link(ctx context.Context, customerID string, sub identity.Subject) error {
	link := d.link(customerID, sub, "operator")
	link.Put.ConditionExpression = aws.String("attribute_not_exists(#key) OR customer_id = :id")
	link.Put.ExpressionAttributeValues = dynamo.Item{":id": dynamo.Text(customerID)}
	err := dynamo.Transact(ctx, d.client, d.mark(customerID, linking(sub), "attribute_exists(#key)"), link)
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

// Unlink no longer lets sub act as the customer. If sub is nobody's, it changes nothing; if it is another customer's,
// that is [ErrLinkedElsewhere]. [Directory.Link] links it again.
//
// What has begun ends like this. A login by sub that is under way commits before the unlinking, or not at all. An Auth0
// access token of sub is a stranger's when [Directory.Resolve] next looks: within a minute. A session lives on, since
// it does not say how it was opened: an operator who unlinks a stolen identity ends the customer's sessions next, in
// this order. An address from which sub has logged in stays known (throttle.go): it has its own few tries at the
// password, no more.
func (d *Directory) Unlink(ctx context.Context, customerID string, sub identity.Subject) error {
	err := dynamo.Transact(ctx, d.client,
		d.mark(customerID, unlinking(sub), "attribute_exists(#key)"),
		types.TransactWriteItem{Delete: &types.Delete{
			TableName: &d.table, Key: key(identityKey(sub)),
			ConditionExpression:                 aws.String("customer_id = :id"),
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
// address if the identity's provider is one of [Config].Providers and says that the address is verified. The address
// must be ASCII: in other scripts two mailboxes can fold to one spelling.
//
// An address links a customer's first identity and no other: after any linking or unlinking it opens nothing, so that
// an address that changes hands, or an identity that an operator took away, does not come back in.
func (d *Directory) linkByEmail(ctx context.Context, id Identity) (Login, error) {
	sub := string(id.Subject)
	provider := sub[:max(strings.LastIndexByte(sub, '|'), 0)]
	ascii := !strings.ContainsFunc(id.Email, func(r rune) bool { return r <= ' ' || r > '~' })
	if !slices.Contains(d.providers, provider) || !id.EmailVerified || id.Email == "" || !ascii {
		return Login{}, ErrUnknownIdentity
	}
	customerID, err := d.EmailOwner(ctx, id.Email)
	if err != nil {
		return Login{}, err
	}
	if customerID == "" {
		return Login{}, ErrUnknownIdentity
	}
	first := d.mark(customerID, linking(id.Subject),
		enabled+" AND email = :email AND attribute_not_exists(linked_at) AND attribute_not_exists(unlinked_at)")
	first.Update.ExpressionAttributeValues[":email"] = dynamo.Text(foldEmail(id.Email))
	return Login{
		CustomerID: customerID, Linked: true,
		Writes: []types.TransactWriteItem{first, d.link(customerID, id.Subject, "verified_email")},
	}, nil
}

// change is what linking or unlinking an identity changes of the customer.
type change struct {
	expression string
	sub        identity.Subject
}

func linking(sub identity.Subject) change {
	return change{"SET linked_at = :now ADD identities :subs", sub}
}

func unlinking(sub identity.Subject) change {
	return change{"SET unlinked_at = :now DELETE identities :subs", sub}
}

// mark makes a change of the customer, on a condition.
func (d *Directory) mark(customerID string, c change, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &d.table, Key: key("customer#" + customerID), UpdateExpression: &c.expression,
		ExpressionAttributeValues: dynamo.Item{":now": dynamo.Seconds(d.now()), ":subs": dynamo.Set(string(c.sub))},
		ConditionExpression:       &condition, ExpressionAttributeNames: keyName,
	}}
}

func (d *Directory) link(customerID string, sub identity.Subject, by string) types.TransactWriteItem {
	row := key(identityKey(sub))
	row["customer_id"] = dynamo.Text(customerID)
	row["linked_by"] = dynamo.Text(by)
	row["linked_at"] = dynamo.Seconds(d.now())
	return d.putNew(row)
}
