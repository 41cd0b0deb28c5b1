package dynamotest

import (
	"encoding/json"
	"strings"
	"testing"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Items are all items of a table, by its logical id.
func (db *DB) Items(t testing.TB, table string) (items []dynamo.Item) {
	t.Helper()
	pages := dynamodb.NewScanPaginator(db.Client,
		&dynamodb.ScanInput{TableName: new(db.Tables[table]), ConsistentRead: new(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		testkit.Must(t, err)
		items = append(items, page.Items...)
	}
	return items
}

// Item is the item under a key, nil if there is none.
func (db *DB) Item(t testing.TB, table string, key dynamo.Item) dynamo.Item {
	t.Helper()
	out, err := db.Client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: new(db.Tables[table]), Key: key, ConsistentRead: new(true),
	})
	testkit.Must(t, err)
	return out.Item
}

// Update changes an item behind the back of the code under test, by an expression with one value, :value.
func (db *DB) Update(t testing.TB, table string, key dynamo.Item, expression string, value types.AttributeValue) {
	t.Helper()
	_, err := db.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: new(db.Tables[table]), Key: key, UpdateExpression: &expression,
		ExpressionAttributeValues: dynamo.Item{":value": value},
	})
	testkit.Must(t, err)
}

// Lacks fails the test if a secret stands anywhere in a table, or if the table is empty.
func (db *DB) Lacks(t testing.TB, table, secret string) {
	t.Helper()
	items := db.Items(t, table)
	for _, item := range items {
		for name, value := range item {
			if text, err := json.Marshal(value); err != nil || strings.Contains(string(text), secret) {
				t.Errorf("the secret stands in %s (%v)", name, err)
			}
		}
	}
	if len(items) == 0 {
		t.Errorf("%s is empty: it shows nothing", table)
	}
}
