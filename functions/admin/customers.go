package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"drawbridge/shared/customer"
)

func (d *desk) createCustomer(ctx context.Context, o order) (plan, error) {
	wanted := customer.Customer{ID: o.customerID(), Name: o.text["name"], Email: o.text["email"]}
	owner := ""
	if wanted.Email != "" {
		var err error
		if owner, err = d.directory.EmailOwner(ctx, wanted.Email); err != nil {
			return plan{}, err
		}
	}
	there, err := d.directory.Get(ctx, wanted.ID)
	switch {
	case errors.Is(err, customer.ErrNotFound) && owner != "":
		return plan{}, refuse(emailInUse, "The e-mail address is customer %s's.", owner)
	case errors.Is(err, customer.ErrNotFound):
	case err != nil:
		return plan{}, err
	case there.Name != wanted.Name || (there.Email != "") != (wanted.Email != "") ||
		wanted.Email != "" && owner != wanted.ID:
		return plan{}, refuse(customerExists,
			"Customer %s is there, under another name or address. Nothing was changed.", wanted.ID)
	default:
		return plan{}, nil
	}
	changes := []change{{Of: customerOf(o), What: "name", To: wanted.Name}}
	if wanted.Email != "" {
		changes = append(changes, change{Of: customerOf(o), What: "email", To: wanted.Email})
	}
	create := func(ctx context.Context) error { return d.directory.Create(ctx, wanted) }
	return plan{changes: changes, apply: only(create)}, nil
}

// disableCustomer ends the sessions too. A customer who is disabled and still has some was disabled half-way: the
// rest is carried out.
func (d *desk) disableCustomer(ctx context.Context, o order) (plan, error) {
	there, err := d.customer(ctx, o)
	if err != nil {
		return plan{}, err
	}
	changes, err := d.ending(ctx, o)
	if err != nil {
		return plan{}, err
	}
	if !there.Disabled {
		changes = append([]change{{Of: customerOf(o), What: "status", From: "enabled", To: "disabled"}}, changes...)
	}
	if len(changes) == 0 {
		return plan{}, nil
	}
	return plan{changes: changes, apply: only(func(ctx context.Context) error {
		return d.directory.Disable(ctx, o.customerID(), d.sessions)
	})}, nil
}

func (d *desk) enableCustomer(ctx context.Context, o order) (plan, error) {
	there, err := d.customer(ctx, o)
	if err != nil || !there.Disabled {
		return plan{}, err
	}
	return plan{
		changes: []change{{Of: customerOf(o), What: "status", From: "disabled", To: "enabled"}},
		apply:   only(func(ctx context.Context) error { return d.directory.Enable(ctx, o.customerID()) }),
	}, nil
}

// setPassword ends the customer's sessions, unless the command says keep_sessions: a password is mostly set because the
// old one is lost or known to others. It does so second, so that a login by the old password is ended or refused.
func (d *desk) setPassword(ctx context.Context, o order) (plan, error) {
	username, chosen := o.text["username"], o.text["password"]
	if err := customer.CheckLogin(username, chosen); err != nil {
		return plan{}, refuse(loginNotAllowed, "%v", err)
	}
	there, err := d.customer(ctx, o)
	if err != nil {
		return plan{}, err
	}
	owner, err := d.directory.UsernameOwner(ctx, username)
	if err != nil {
		return plan{}, err
	}
	var ended []change
	if !o.keep {
		if ended, err = d.ending(ctx, o); err != nil {
			return plan{}, err
		}
	}
	stay, err := d.linkedByPassword(ctx, there.ID)
	if err != nil {
		return plan{}, err
	}
	// also if it is the same: only the hash could tell
	changes := append(ended, change{Of: customerOf(o), What: "password"})
	switch owner {
	case there.ID:
	case "":
		changes = append(changes, change{Of: customerOf(o), What: "username", From: there.Username, To: username})
	default:
		return plan{}, refuse(usernameInUse, "The username is customer %s's.", owner)
	}
	return plan{note: stay, changes: changes, apply: only(func(ctx context.Context) error {
		err := d.directory.SetPassword(ctx, there.ID, username, chosen)
		if err == nil && !o.keep {
			_, err = d.sessions.RevokeAll(ctx, there.ID)
		}
		return err
	})}, nil
}

// linkedByPassword notes the logins that a caller who knew a password has linked: a new one ends none of them.
func (d *desk) linkedByPassword(ctx context.Context, customerID string) (note string, err error) {
	links, err := d.directory.Links(ctx, customerID)
	var names []string
	for _, link := range links {
		if link.LinkedBy == customer.ByCustomer {
			names = append(names, named(link.Person))
		}
	}
	if err != nil || len(names) == 0 {
		return "", err
	}
	return "These logins were linked by a password and stay: " + strings.Join(names, ", ") +
		". unlink_identity ends each that the customer does not know.", nil
}

func (d *desk) revokeSessions(ctx context.Context, o order) (plan, error) {
	if _, err := d.customer(ctx, o); err != nil {
		return plan{}, err
	}
	changes, err := d.ending(ctx, o)
	if err != nil || len(changes) == 0 {
		return plan{}, err
	}
	return plan{changes: changes, apply: only(func(ctx context.Context) error {
		_, err := d.sessions.RevokeAll(ctx, o.customerID())
		return err
	})}, nil
}

// ending is the change that no session is left, if there are any.
func (d *desk) ending(ctx context.Context, o order) ([]change, error) {
	n, err := d.sessions.Count(ctx, o.customerID())
	if err != nil || n == 0 {
		return nil, err
	}
	return []change{{Of: customerOf(o), What: "sessions", From: strconv.Itoa(n), To: "0"}}, nil
}

// customer is the order's.
func (d *desk) customer(ctx context.Context, o order) (customer.Customer, error) {
	there, err := d.directory.Get(ctx, o.customerID())
	if errors.Is(err, customer.ErrNotFound) {
		return there, refuse(noSuchCustomer, "There is no customer %s.", o.customerID())
	}
	return there, err
}

func customerOf(o order) string { return "customer " + o.customerID() }
