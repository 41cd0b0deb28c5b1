package customer

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// ErrRefused says that a login is refused. The errors that are an ErrRefused tell why, for the log; the
// caller is given one same answer.
var (
	ErrRefused       = errors.New("customer: the login is refused")
	ErrUnknownUser   = fmt.Errorf("%w: unknown username", ErrRefused)
	ErrWrongPassword = fmt.Errorf("%w: wrong password", ErrRefused)
)

// Authenticate returns the login of the customer with this username and password. It returns an [ErrRefused], or a
// [*Throttled] if nothing was looked at because too much was tried. address is where the request comes from.
func (d *Directory) Authenticate(ctx context.Context, username, password, address string) (Login, error) {
	paid, err := d.pay(ctx, Account(username), address)
	if err != nil {
		return Login{}, err
	}
	row, err := d.read(ctx, usernameKey(username))
	if err != nil {
		return Login{}, err
	}
	stored := dynamo.TextOf(row["password"])
	ok, due, err := d.Hasher.Verify(stored, password)
	switch {
	case err != nil:
		return Login{}, err
	case stored == "":
		return Login{}, ErrUnknownUser
	case !ok:
		return Login{}, ErrWrongPassword
	}
	next := stored
	if due {
		next = d.Hasher.Hash(password)
	}
	customerID := dynamo.TextOf(row["customer_id"])
	writes := []types.TransactWriteItem{d.stillEnabled(customerID), d.keepPassword(usernameKey(username), stored, next)}
	return Login{CustomerID: customerID, Writes: append(writes, paid.giveBack()...)}, nil
}

// keepPassword is the condition that the password was not changed while it was verified; next is its hash from now on.
func (d *Directory) keepPassword(username, stored, next string) types.TransactWriteItem {
	const same = "password = :stored"
	if stored == next {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &d.Table, Key: key(username),
			ConditionExpression:       new(same),
			ExpressionAttributeValues: dynamo.Item{":stored": dynamo.Text(stored)},
		}}
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &d.Table, Key: key(username),
		UpdateExpression: new("SET password = :next"), ConditionExpression: new(same),
		ExpressionAttributeValues: dynamo.Item{":stored": dynamo.Text(stored), ":next": dynamo.Text(next)},
	}}
}
