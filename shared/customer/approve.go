package customer

import (
	"context"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// Probation is for how long an identity that was linked at the customer's own word approves nothing. A password was the
// proof, and a thief of the password must not approve payments with a phone of their own. During this day the customer,
// or the bank by its record of identity_linked, can see the link and end it.
const Probation = 24 * time.Hour

// Approvers returns those of a customer's identities whose approval the bank takes now.
func (d *Directory) Approvers(
	ctx context.Context, customerID string, people ...identity.Person,
) ([]identity.Person, error) {
	approvers := []identity.Person{}
	for _, person := range people {
		linked, err := d.read(ctx, identityKey(person))
		if err != nil {
			return nil, err
		}
		own := dynamo.TextOf(linked["linked_by"]) == ByCustomer
		young := d.now().Sub(dynamo.TimeOf(linked["linked_at"])) < Probation
		if dynamo.TextOf(linked["customer_id"]) == customerID && !(own && young) {
			approvers = append(approvers, person)
		}
	}
	return approvers, nil
}
