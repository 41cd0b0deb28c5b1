package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// issueAttempts is how often Issue starts over when the same user is given another session_id at the same instant.
const issueAttempts = 20

// Issue makes a session_id for the login transactionID of user sub at clientID. It can be redeemed for expiresIn, once.
func (b *Bridge) Issue(ctx context.Context, sub, clientID, transactionID string) (sessionID string, expiresIn time.Duration, err error) {
	if sub == "" || clientID == "" || transactionID == "" {
		return "", 0, fmt.Errorf("bridge: sub, client_id and transaction_id are required")
	}
	sessionID = newSessionID()
	for attempt := 1; attempt <= issueAttempts; attempt++ {
		err = b.issue(ctx, sessionID, sub, clientID, transactionID)
		if !dynamo.ConditionFailed(err) || ctx.Err() != nil {
			break
		}
		time.Sleep(dynamo.Backoff(attempt))
	}
	if err != nil {
		return "", 0, fmt.Errorf("bridge: failed to issue a session_id: %w", err)
	}
	return sessionID, Lifetime, nil
}

// issue writes the session_id and the user's list, and deletes what it replaces, all at once; a condition fails if the
// list has changed since it was read.
func (b *Bridge) issue(ctx context.Context, sessionID, sub, clientID, transactionID string) error {
	list, err := b.listOf(ctx, sub)
	if err != nil {
		return err
	}
	now := b.now()
	issued := entry{hash: ID(sessionID), client: clientID, transaction: transactionID, expiresAt: now.Add(Lifetime)}
	kept, replaced := list.add(issued, now)

	writes := []types.TransactWriteItem{
		{Put: &types.Put{
			TableName: &b.table,
			Item: dynamo.Item{
				"nonce_hash": dynamo.Text(issued.hash), "sub": dynamo.Text(sub), "client_id": dynamo.Text(clientID),
				"transaction_id": dynamo.Text(transactionID), "issued_at": dynamo.Seconds(now), "expires_at": dynamo.Seconds(issued.expiresAt),
			},
			ConditionExpression: aws.String("attribute_not_exists(nonce_hash)"),
		}},
		{Put: &types.Put{
			TableName: &b.table, Item: kept.item(sub, issued.expiresAt),
			ConditionExpression:       aws.String("attribute_not_exists(nonce_hash) OR version = :seen"),
			ExpressionAttributeValues: dynamo.Item{":seen": dynamo.Number(list.version)},
		}},
	}
	for _, old := range replaced {
		writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &b.table, Key: dynamo.Item{"nonce_hash": dynamo.Text(old.hash)}}})
	}
	return dynamo.Transact(ctx, b.client, writes...)
}

func (b *Bridge) listOf(ctx context.Context, sub string) (list, error) {
	out, err := b.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.table, Key: listKey(sub), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return list{}, err
	}
	return listFrom(out.Item), nil
}
