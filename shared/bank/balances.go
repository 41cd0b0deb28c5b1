package bank

import (
	"context"
	"fmt"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Balances returns the customer's accounts in the order of their numbers; no accounts are an empty list. It is one
// strongly consistent Query, so one round trip, and every balance is as current as the call. A transfer between two of
// the accounts that commits during the call may show in one of them only.
func (b *Bank) Balances(ctx context.Context, customerID string) ([]Account, error) {
	accounts := []Account{}
	pages := dynamodb.NewQueryPaginator(b.Client, &dynamodb.QueryInput{
		TableName: &b.Accounts, ConsistentRead: new(true),
		KeyConditionExpression:    new("customer_id = :customer"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":customer": dynamo.Text(customerID)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("bank: failed to read balances: %w", err)
		}
		var found []Account
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &found); err != nil {
			return nil, fmt.Errorf("bank: failed to read balances: %w", err)
		}
		accounts = append(accounts, found...)
	}
	return accounts, nil
}
