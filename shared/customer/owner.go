package customer

import (
	"context"

	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo"
)

// EmailOwner returns the customer_id of the customer who has an e-mail address, "" if nobody has.
func (d *Directory) EmailOwner(ctx context.Context, address string) (customerID string, err error) {
	return d.owner(ctx, "email#"+foldEmail(address))
}

// UsernameOwner returns the customer_id of the customer who has a username, "" if nobody has.
func (d *Directory) UsernameOwner(ctx context.Context, username string) (customerID string, err error) {
	return d.owner(ctx, usernameKey(username))
}

// IdentityOwner returns the customer_id of the customer that sub is linked to, disabled or not, "" if it is to none.
// Who may act as whom is for [Directory.ByIdentity] to say.
func (d *Directory) IdentityOwner(ctx context.Context, sub string) (customerID string, err error) {
	return d.owner(ctx, "identity#"+sub)
}

func (d *Directory) owner(ctx context.Context, name string) (string, error) {
	row, err := d.read(ctx, name)
	return dynamo.TextOf(row["customer_id"]), err
}

// CheckLogin says whether a username and a password may be chosen together: nil, or what SetPassword would refuse
// them with before it looks at anybody.
func CheckLogin(username, chosen string) error {
	name, ok := foldUsername(username)
	if !ok {
		return ErrMalformedUsername
	}
	return password.Check(name, chosen)
}
