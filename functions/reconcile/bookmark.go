package main

import (
	"context"
	"fmt"
	"maps"

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

// place is how far a walk has come. The zero place is its beginning.
type place struct {
	position   reconcile.Position
	passedOver int // customers of this walk that were not compared
}

var bookmarkKey = dynamo.Item{"walk": dynamo.Text("ledger")}

// load returns the beginning if there is no bookmark.
func (b bookmark) load(ctx context.Context) (place, error) {
	out, err := b.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &b.table, Key: bookmarkKey, ConsistentRead: new(true),
	})
	if err != nil {
		return place{}, fmt.Errorf("failed to read the bookmark: %w", err)
	}
	at := reconcile.Position{
		Customer: dynamo.TextOf(out.Item["customer_id"]),
		Account:  bank.AccountID(dynamo.TextOf(out.Item["account_id"])),
	}
	if at.Customer == "" || at.Account == "" {
		return place{}, nil
	}
	return place{position: at, passedOver: int(dynamo.NumberOf(out.Item["passed_over"]))}, nil
}

func (b bookmark) save(ctx context.Context, p place) error {
	item := dynamo.Item{
		"customer_id": dynamo.Text(p.position.Customer), "account_id": dynamo.Text(string(p.position.Account)),
		"passed_over": dynamo.Number(int64(p.passedOver)),
	}
	maps.Copy(item, bookmarkKey)
	if _, err := b.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &b.table, Item: item}); err != nil {
		return fmt.Errorf("failed to move the bookmark: %w", err)
	}
	return nil
}
