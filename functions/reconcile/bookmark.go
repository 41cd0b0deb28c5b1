package main

import (
	"context"
	"fmt"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/reconcile"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// bookmark remembers how far the walk has come: one item in a table of its own, so that the function needs no right to
// write among the records of money.
type bookmark struct {
	client *dynamodb.Client
	table  string
}

var bookmarkKey = dynamo.Item{"walk": dynamo.Text("ledger")}

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
