package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

// ErrInvalid says that a session_id cannot be redeemed. The errors below are all of them ErrInvalid and tell why:
// for the log, not for the client.
var (
	ErrInvalid      = errors.New("bridge: the session_id is not valid")
	ErrMalformed    = fmt.Errorf("%w: malformed", ErrInvalid)
	ErrUnknown      = fmt.Errorf("%w: unknown or used", ErrInvalid)
	ErrExpired      = fmt.Errorf("%w: expired", ErrInvalid)
	ErrOtherSubject = fmt.Errorf("%w: made for another user", ErrInvalid)
	ErrOtherClient  = fmt.Errorf("%w: made for another client", ErrInvalid)
)

// Redeem uses sessionID up for person at client and, in the same transaction, carries out writes. It returns an
// [ErrInvalid] if the session_id is not good; when a condition of the writes fails, the error is the transaction's
// (dynamo.Cancellation; the writes come after one item of ours). Then the session_id is not used up.
func (b *Bridge) Redeem(ctx context.Context, sessionID string, person identity.Person, client identity.ClientID,
	writes ...types.TransactWriteItem) error {
	if !wellFormed(sessionID) {
		return ErrMalformed
	}
	now := b.Now().Unix()
	use := types.TransactWriteItem{Delete: &types.Delete{
		TableName: &b.Table, Key: dynamo.Item{"nonce_hash": dynamo.Text(ID(sessionID))},
		ConditionExpression:      new("#sub = :sub AND client_id = :client AND expires_at > :now"),
		ExpressionAttributeNames: map[string]string{"#sub": "sub"},
		ExpressionAttributeValues: dynamo.Item{":sub": dynamo.Text(string(person)),
			":client": dynamo.Text(string(client)), ":now": dynamo.Number(now)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
	err := dynamo.Transact(ctx, b.Client, append([]types.TransactWriteItem{use}, writes...)...)
	if err == nil {
		return nil
	}
	reasons, _ := dynamo.Cancellation(err)
	if len(reasons) == 0 || !dynamo.Failed(reasons[0]) {
		return fmt.Errorf("bridge: failed to redeem a session_id: %w", err)
	}
	switch found := reasons[0].Item; {
	case found == nil:
		return ErrUnknown
	case dynamo.TextOf(found["sub"]) != string(person):
		return ErrOtherSubject
	case dynamo.TextOf(found["client_id"]) != string(client):
		return ErrOtherClient
	default:
		return ErrExpired
	}
}
