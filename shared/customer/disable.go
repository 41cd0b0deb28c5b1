package customer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// Sessions is what Disable needs of the session store.
type Sessions interface {
	RevokeAll(ctx context.Context, customerID string) (int, error)
}

// Disable keeps a customer out from now on, and ends their sessions. In this order: a login that commits before the
// first step is revoked by the second, and none commits after the first. If it fails half-way, call it again.
//
// An Auth0 access token of theirs ends when [Directory.Resolve] next looks: within a minute.
func (d *Directory) Disable(ctx context.Context, customerID string, sessions Sessions) error {
	if err := d.setDisabled(ctx, customerID, "SET disabled_at = if_not_exists(disabled_at, :now)",
		dynamo.Item{":now": dynamo.Seconds(d.Now())}); err != nil {
		return err
	}
	_, err := sessions.RevokeAll(ctx, customerID)
	return err
}

// Enable lets a disabled customer log in again.
func (d *Directory) Enable(ctx context.Context, customerID string) error {
	return d.setDisabled(ctx, customerID, "REMOVE disabled_at", nil)
}

func (d *Directory) setDisabled(ctx context.Context, customerID, update string, values dynamo.Item) error {
	err := dynamo.Transact(ctx, d.Client, types.TransactWriteItem{Update: &types.Update{
		TableName: &d.Table, Key: key("customer#" + customerID),
		UpdateExpression: &update, ExpressionAttributeValues: values,
		ConditionExpression: new("attribute_exists(#key)"), ExpressionAttributeNames: keyName,
	}})
	if dynamo.ConditionFailed(err) {
		return ErrNotFound
	}
	return failed("enable or disable a customer", err)
}

// stillEnabled is the condition that a customer exists and is not disabled when the transaction commits.
func (d *Directory) stillEnabled(customerID string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &d.Table, Key: key("customer#" + customerID),
		ConditionExpression: new(enabled), ExpressionAttributeNames: keyName,
	}}
}

const enabled = "attribute_exists(#key) AND attribute_not_exists(disabled_at)"
