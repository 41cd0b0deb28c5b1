package customer

import (
	"context"
	"errors"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Probation is for how long an identity that was linked at the customer's own word approves nothing. A password was the
// proof, and a thief of the password must not approve payments with a phone of their own. During this day the customer,
// or the bank by its record of identity_linked, can see the link and end it.
const Probation = 24 * time.Hour

// ErrTooNew means that a customer has identities, and none that approves by now.
var ErrTooNew = errors.New("customer: no identity of the customer approves yet")

// Approvers returns who may approve in a principal's name: the user, by the link that [Directory.Resolve] remembers, or
// the identities that are linked to the customer who holds a code. A customer who is not there or is disabled has none.
// Errors: [ErrTooNew].
func (d *Directory) Approvers(
	ctx context.Context, p access.Principal, customerID string,
) (approvers []identity.Person, err error) {
	var links []Link
	if p.Kind == access.KindUser {
		var link Link
		link, err = d.remembered(ctx, p.Person())
		links = []Link{link}
	} else {
		var row dynamo.Item
		if row, err = d.read(ctx, "customer#"+customerID); err == nil && row["disabled_at"] == nil {
			links, err = d.linksIn(ctx, row, customerID)
		}
	}
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		if link.approves(customerID, d.Now()) {
			approvers = append(approvers, link.Person)
		}
	}
	if len(approvers) == 0 && len(links) > 0 {
		return nil, ErrTooNew
	}
	return approvers, nil
}

// Approves tells whether the bank takes a person's approval in a customer's name now, whatever was looked up before.
func (d *Directory) Approves(ctx context.Context, person identity.Person, customerID string) (bool, error) {
	link, err := d.linkOf(ctx, person)
	return link.approves(customerID, d.Now()), err
}

func (l Link) approves(customerID string, now time.Time) bool {
	young := now.Sub(l.LinkedAt) < Probation
	return l.CustomerID == customerID && !(l.LinkedBy == ByCustomer && young)
}
