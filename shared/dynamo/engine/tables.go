package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/remedy"
)

// Key is one attribute of a table's primary key; Type is S, N or B.
type Key struct {
	Name, Type string
}

// Table is what template.yaml says of an AWS::DynamoDB::Table.
type Table struct {
	LogicalID, Name string
	PartitionKey    Key
	SortKey         Key    // zero if the key has one part
	TTLAttribute    string // empty if items never expire
}

// CreateTables makes every table that is not there yet, billed by request, and switches on its TTL. A table that is
// there with the same keys is kept with its data; one with other keys is an error, for nothing could use it.
func CreateTables(ctx context.Context, client *dynamodb.Client, tables []Table) error {
	for _, table := range tables {
		if err := create(ctx, client, table); err != nil {
			return err
		}
	}
	return nil
}

func create(ctx context.Context, client *dynamodb.Client, t Table) error {
	schema, attributes := schemaOf(t)
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &t.Name, KeySchema: schema, AttributeDefinitions: attributes, BillingMode: types.BillingModePayPerRequest,
	})
	if _, exists := errors.AsType[*types.ResourceInUseException](err); err != nil && !exists {
		return fmt.Errorf("engine: failed to create table %s: %w", t.Name, err)
	}
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second
	})
	there, err := waiter.WaitForOutput(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, time.Minute)
	if err != nil {
		return fmt.Errorf("engine: table %s does not become active: %w", t.Name, err)
	}
	if !matches(t, there.Table) {
		return remedy.New(
			"table "+t.Name+" is there with other keys than template.yaml gives it",
			"Start over with --fresh, or give the table another name.", nil,
		)
	}
	return expire(ctx, client, t)
}

// expire switches on TTL unless it is on: DynamoDB refuses to switch on what is on.
func expire(ctx context.Context, client *dynamodb.Client, t Table) error {
	if t.TTLAttribute == "" {
		return nil
	}
	now, err := client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &t.Name})
	if err != nil {
		return fmt.Errorf("engine: failed to read the TTL of table %s: %w", t.Name, err)
	}
	if now.TimeToLiveDescription != nil && aws.ToString(now.TimeToLiveDescription.AttributeName) == t.TTLAttribute {
		return nil
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &t.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: &t.TTLAttribute, Enabled: new(true),
		},
	})
	if err != nil {
		return fmt.Errorf("engine: failed to set the TTL of table %s: %w", t.Name, err)
	}
	return nil
}

func schemaOf(t Table) (schema []types.KeySchemaElement, attributes []types.AttributeDefinition) {
	add := func(key Key, role types.KeyType) {
		schema = append(schema, types.KeySchemaElement{AttributeName: &key.Name, KeyType: role})
		attributes = append(
			attributes,
			types.AttributeDefinition{AttributeName: &key.Name, AttributeType: types.ScalarAttributeType(key.Type)},
		)
	}
	add(t.PartitionKey, types.KeyTypeHash)
	if t.SortKey != (Key{}) {
		add(t.SortKey, types.KeyTypeRange)
	}
	return schema, attributes
}

func matches(t Table, there *types.TableDescription) bool {
	schema, _ := schemaOf(t)
	if there == nil || len(there.KeySchema) != len(schema) {
		return false
	}
	for i, element := range schema {
		if aws.ToString(there.KeySchema[i].AttributeName) != *element.AttributeName ||
			there.KeySchema[i].KeyType != element.KeyType {
			return false
		}
	}
	return true
}
