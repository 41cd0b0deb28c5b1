package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table is what an engine must know of one table. template.yaml defines them; nothing else does.
type Table struct {
	LogicalID    string // its name in template.yaml, "AccountsTable"
	Name         string // its name in the engine
	PartitionKey Key
	SortKey      Key    // the zero Key: none
	TTLAttribute string // empty: items never expire
}

// Key is an attribute of a primary key.
type Key struct {
	Name string
	Type types.ScalarAttributeType // S, N or B
}

// CreateTables makes every table that is not there yet, billed by request, and switches on its TTL. A table that is
// there with the same keys is kept with its data; one with other keys is an Error, for nothing could use it.
func CreateTables(ctx context.Context, client *dynamodb.Client, tables []Table) error {
	for _, table := range tables {
		if err := table.create(ctx, client); err != nil {
			return err
		}
	}
	return nil
}

func (t Table) create(ctx context.Context, client *dynamodb.Client) error {
	schema, attributes := t.schema()
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
	if !t.matches(there.Table) {
		return &Error{Problem: "table " + t.Name + " is there with other keys than template.yaml gives it", Cure: "Start over with --fresh, or give the table another name."}
	}
	return t.expire(ctx, client)
}

// expire switches on TTL unless it is on: DynamoDB refuses to switch on what is on.
func (t Table) expire(ctx context.Context, client *dynamodb.Client) error {
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
		TableName:               &t.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &t.TTLAttribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("engine: failed to set the TTL of table %s: %w", t.Name, err)
	}
	return nil
}

func (t Table) schema() (schema []types.KeySchemaElement, attributes []types.AttributeDefinition) {
	add := func(key Key, role types.KeyType) {
		schema = append(schema, types.KeySchemaElement{AttributeName: &key.Name, KeyType: role})
		attributes = append(attributes, types.AttributeDefinition{AttributeName: &key.Name, AttributeType: key.Type})
	}
	add(t.PartitionKey, types.KeyTypeHash)
	if t.SortKey != (Key{}) {
		add(t.SortKey, types.KeyTypeRange)
	}
	return schema, attributes
}

func (t Table) matches(there *types.TableDescription) bool {
	schema, _ := t.schema()
	if there == nil || len(there.KeySchema) != len(schema) {
		return false
	}
	for i, element := range schema {
		if aws.ToString(there.KeySchema[i].AttributeName) != *element.AttributeName || there.KeySchema[i].KeyType != element.KeyType {
			return false
		}
	}
	return true
}
