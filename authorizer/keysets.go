package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/token"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// keySets is a token.Archive. It keeps the issuer's last good key set in KEY_SETS_TABLE, one item an issuer, for
// authorizers that start while the issuer is down.
type keySets struct {
	client *dynamodb.Client
	table  string
	issuer string
	seal   seal
	now    func() time.Time
}

// keptFor is how long an item stays. The key store refuses an older one.
const keptFor = 24 * time.Hour

var (
	errNoKeySet = errors.New("no key set is kept")
	errTampered = errors.New("the key set kept does not match its seal")
)

// Load reads the key set that was saved last.
func (k *keySets) Load(ctx context.Context) (token.KeySet, error) {
	out, err := k.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &k.table, Key: dynamo.Item{"issuer": dynamo.Text(k.issuer)}, ConsistentRead: aws.Bool(true),
	})
	switch {
	case err != nil:
		return token.KeySet{}, fmt.Errorf("failed to read the key set: %w", err)
	case out.Item == nil:
		return token.KeySet{}, errNoKeySet
	}
	set := token.KeySet{JWKS: dynamo.TextOf(out.Item["jwks"]), FetchedAt: dynamo.TimeOf(out.Item["fetched_at"])}
	if !k.seal.holds(set, dynamo.TextOf(out.Item["seal"])) {
		return token.KeySet{}, errTampered
	}
	return set, nil
}

// Save keeps set unless a newer one is kept. A kept set from the future does not count as newer: the key store would
// never use it, and no set would ever replace it.
func (k *keySets) Save(ctx context.Context, set token.KeySet) error {
	set.FetchedAt = set.FetchedAt.Truncate(time.Second)
	_, err := k.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &k.table,
		Item: dynamo.Item{
			"issuer":     dynamo.Text(k.issuer),
			"jwks":       dynamo.Text(set.JWKS),
			"fetched_at": dynamo.Seconds(set.FetchedAt),
			"seal":       dynamo.Text(k.seal.over(set)),
			"expires_at": dynamo.Seconds(set.FetchedAt.Add(keptFor)),
		},
		ConditionExpression: aws.String("attribute_not_exists(issuer) OR fetched_at <= :mine OR fetched_at > :now"),
		ExpressionAttributeValues: dynamo.Item{
			":mine": dynamo.Seconds(set.FetchedAt), ":now": dynamo.Seconds(k.now().Add(time.Minute)),
		},
	})
	if dynamo.ConditionFailed(err) {
		return nil // another process saved a newer one
	}
	return err
}
