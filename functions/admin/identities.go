package main

import (
	"context"

	"drawbridge/shared/identity"
)

func (d *desk) linkIdentity(ctx context.Context, o order) (plan, error) {
	sub := o.subject()
	if linked, err := d.linked(ctx, o, sub); err != nil || linked {
		return plan{}, err
	}
	return plan{
		changes: []change{{Of: customerOf(o), What: "identity", To: string(sub)}},
		apply:   only(func(ctx context.Context) error { return d.directory.Link(ctx, o.customerID(), sub) }),
	}, nil
}

// sessionsStay is what unlink_identity leaves: package session does not keep how a session was opened.
const sessionsStay = "No session is ended: a session does not say which identity opened it. If this one was " +
	"stolen, revoke_sessions is the next command. An access token of the identity may act for up to a minute more."

// unlinkIdentity notes what it leaves even when nothing is to be done: it may have been done by a command whose answer
// was lost.
func (d *desk) unlinkIdentity(ctx context.Context, o order) (plan, error) {
	sub := o.subject()
	linked, err := d.linked(ctx, o, sub)
	switch {
	case err != nil:
		return plan{}, err
	case !linked:
		return plan{note: "The identity is linked to no customer. " + sessionsStay}, nil
	}
	return plan{
		changes: []change{{Of: customerOf(o), What: "identity", From: string(sub)}},
		apply:   only(func(ctx context.Context) error { return d.directory.Unlink(ctx, o.customerID(), sub) }),
		note:    sessionsStay,
	}, nil
}

// linked tells whether sub is the customer's already. A customer who is not there is refused, and so is an identity
// that is another's.
func (d *desk) linked(ctx context.Context, o order, sub identity.Subject) (bool, error) {
	if _, err := d.customer(ctx, o); err != nil {
		return false, err
	}
	owner, err := d.directory.IdentityOwner(ctx, sub)
	if err == nil && owner != "" && owner != o.customerID() {
		return false, refuse(linkedElsewhere, "The identity is linked to customer %s.", owner)
	}
	return owner != "", err
}
