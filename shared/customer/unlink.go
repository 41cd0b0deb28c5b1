package customer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// Unlink no longer lets sub act as the customer. If sub is nobody's, it changes nothing; if it is another customer's,
// that is [ErrLinkedElsewhere]. [Directory.Link] links it again.
//
// From then on no e-mail address links an identity to the customer. Under [VerifiedEmail], the next login of whoever was
// shut out would else link them again.
//
// What has begun ends like this. A login by sub that is under way commits before the unlinking, or not at all. An Auth0
// access token of sub is a stranger's when [Directory.Resolve] next looks: within a minute. A session lives on, since it
// does not say how it was opened: whoever unlinks a stolen identity ends the customer's sessions next, in this order. An
// address from which sub has logged in stays known (throttle.go): it has its own few tries at the password, no more.
func (d *Directory) Unlink(ctx context.Context, customerID, sub string) error {
	if err := checkSubject(sub); err != nil {
		return err
	}
	err := dynamo.Transact(ctx, d.client,
		types.TransactWriteItem{Update: &types.Update{
			TableName: &d.table, Key: key("customer#" + customerID),
			UpdateExpression: aws.String("SET unlinked_at = :now"), ExpressionAttributeValues: dynamo.Item{":now": dynamo.Seconds(d.now())},
			ConditionExpression: aws.String("attribute_exists(#key)"), ExpressionAttributeNames: keyName,
		}},
		types.TransactWriteItem{Delete: &types.Delete{
			TableName: &d.table, Key: key("identity#" + sub),
			ConditionExpression: aws.String("customer_id = :id"), ExpressionAttributeValues: dynamo.Item{":id": dynamo.Text(customerID)},
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
