package main

import (
	"context"

	"drawbridge/shared/identity"
)

func (d *desk) linkIdentity(ctx context.Context, o order) (plan, error) {
	person := o.person()
	if linked, err := d.linked(ctx, o, person); err != nil || linked {
		return plan{}, err
	}
	return plan{
		changes: []change{{Of: customerOf(o), What: "identity", To: named(person)}},
		apply:   only(func(ctx context.Context) error { return d.directory.Link(ctx, o.customerID(), person) }),
	}, nil
}

// sessionsStay says that unlink_identity ends no session: revoke_sessions does.
const sessionsStay = "No session is ended. If this identity was stolen, revoke_sessions is the next command. " +
	"An access token of the identity may act for up to a minute more."

// unlinkIdentity notes what it leaves even when nothing is to be done: it may have been done by a command whose answer
// was lost.
func (d *desk) unlinkIdentity(ctx context.Context, o order) (plan, error) {
	person := o.person()
	linked, err := d.linked(ctx, o, person)
	switch {
	case err != nil:
		return plan{}, err
	case !linked:
		return plan{note: "The identity is linked to no customer. " + sessionsStay}, nil
	}
	return plan{
		changes: []change{{Of: customerOf(o), What: "identity", From: named(person)}},
		apply:   only(func(ctx context.Context) error { return d.directory.Unlink(ctx, o.customerID(), person) }),
		note:    sessionsStay,
	}, nil
}

// linked tells whether person is the customer's already. A customer who is not there is refused, and so is an identity
// that is another's.
func (d *desk) linked(ctx context.Context, o order, person identity.Person) (bool, error) {
	if _, err := d.customer(ctx, o); err != nil {
		return false, err
	}
	owner, err := d.directory.IdentityOwner(ctx, person)
	if err == nil && owner != "" && owner != o.customerID() {
		return false, refuse(linkedElsewhere, "The identity is linked to customer %s.", owner)
	}
	return owner != "", err
}

// named is how an answer shows a person: the sub, with the tenant if it is not Main.
func named(p identity.Person) string {
	if p.Tenant() == identity.Main {
		return string(p.Subject())
	}
	return string(p.Subject()) + " at tenant " + string(p.Tenant())
}
