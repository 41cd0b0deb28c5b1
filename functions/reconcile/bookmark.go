package main

import (
	"context"
	"fmt"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// bookmark remembers how far the walk has come. It is one item of the transfers table, under a key that no record can
// have, for theirs are hashes: a table of its own would hold nothing else.
type bookmark struct {
	client *dynamodb.Client
	table  string
}

var bookmarkKey = dynamo.Item{"transfer_key": dynamo.Text("reconcile")}

// load returns the beginning if there is no bookmark.
func (b bookmark) load(ctx context.Context) (reconcile.Position, error) {
	out, err := b.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.table, Key: bookmarkKey, ConsistentRead: new(true)})
	if err != nil {
		return reconcile.Position{}, fmt.Errorf("failed to read the bookmark: %w", err)
	}
	return reconcile.Position{Account: bank.AccountID(dynamo.TextOf(out.Item["account_id"]))}, nil
}

func (b bookmark) save(ctx context.Context, p reconcile.Position) error {
	item := dynamo.Item{"account_id": dynamo.Text(string(p.Account))}
	for name, value := range bookmarkKey {
		item[name] = value
	}
	if _, err := b.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &b.table, Item: item}); err != nil {
		return fmt.Errorf("failed to move the bookmark: %w", err)
	}
	return nil
}
