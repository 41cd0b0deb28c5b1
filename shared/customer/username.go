package customer

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/text/secure/precis"

	"drawbridge/shared/customer/password"
	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"
)

const maxUsername = 64 // characters

// Errors of setting a password. A password that may not be chosen is refused with one of package password's errors.
var (
	ErrMalformedUsername = errors.New("customer: a username is 1 to 64 letters, digits and signs, without spaces")
	ErrUsernameTaken     = errors.New("customer: the username is in use")
)

// SetPassword gives a customer a username and a password, in the place of any they had. It ends no
// sessions: after a password that leaked, the caller revokes them next.
func (d *Directory) SetPassword(ctx context.Context, customerID, username, chosen string) error {
	if err := CheckLogin(username, chosen); err != nil {
		return err
	}
	name, _ := foldUsername(username)
	customer, err := d.Get(ctx, customerID)
	if err != nil {
		return err
	}
	row := key("username#" + name)
	row["customer_id"] = dynamo.Text(customerID)
	row["password"] = dynamo.Text(d.Hasher.Hash(chosen))
	writes := []types.TransactWriteItem{
		{Put: &types.Put{
			TableName: &d.Table, Item: row,
			ConditionExpression:       new("attribute_not_exists(#key) OR customer_id = :id"),
			ExpressionAttributeNames:  keyName,
			ExpressionAttributeValues: dynamo.Item{":id": dynamo.Text(customerID)},
		}},
		{Update: &types.Update{
			TableName: &d.Table, Key: key("customer#" + customerID),
			UpdateExpression:    new("SET username = :new"),
			ConditionExpression: new("attribute_not_exists(username) OR username = :old"),
			ExpressionAttributeValues: dynamo.Item{
				":new": dynamo.Text(name), ":old": dynamo.Text(customer.Username),
			},
		}},
	}
	if customer.Username != "" && customer.Username != name {
		writes = append(writes,
			types.TransactWriteItem{Delete: &types.Delete{TableName: &d.Table,
				Key: key("username#" + customer.Username)}})
	}
	err = dynamo.Transact(ctx, d.Client, writes...)
	if dynamo.ConditionFailed(err) {
		return ErrUsernameTaken
	}
	return failed("set a password", err)
}

// UsernameOwner returns the customer_id of the customer who has a username, "" if nobody has.
func (d *Directory) UsernameOwner(ctx context.Context, username string) (customerID string, err error) {
	return d.owner(ctx, usernameKey(username))
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

// foldUsername brings a username to the one form in which it is kept and compared (RFC 8265 section 3.3): case,
// width and composition make no difference. ok is false if it cannot be anyone's.
func foldUsername(username string) (name string, ok bool) {
	name, err := precis.UsernameCaseMapped.String(username)
	return name, err == nil && name != "" && utf8.RuneCountInString(name) <= maxUsername
}

// usernameKey is where the username's password is. What cannot be anyone's has a key too, where nothing is, so that
// looking it up takes as long as for anybody.
func usernameKey(username string) string {
	if name, ok := foldUsername(username); ok {
		return "username#" + name
	}
	return "username# " + digest.Of(username) // no username has a space
}

// Account names a username in logs and counters: a hash, since what stands in the field of a refused login may be a
// password that was typed in the wrong place.
func Account(username string) string { return digest.Of(usernameKey(username))[:32] }
