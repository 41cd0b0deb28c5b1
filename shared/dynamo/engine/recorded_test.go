package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
	"drawbridge/shared/testkit"
)

// These tests hold the engine to answers recorded from DynamoDB; local/gateway/CONFORMANCE.md names the recordings.

// recorded is a table with one item, "a".
type recorded struct {
	*testing.T
	client *dynamodb.Client
}

func newRecorded(t *testing.T) recorded {
	t.Helper()
	r := recorded{t, client(start(t, engine.Options{}))}
	testkit.Must(t, engine.CreateTables(t.Context(), r.client, []engine.Table{items}))
	_, err := r.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &items.Name, Item: item("a", "old")})
	testkit.Must(t, err)
	return r
}

func item(id, value string) dynamo.Item {
	return dynamo.Item{"id": dynamo.Text(id), "v": dynamo.Text(value)}
}

// put writes an item that must not be there.
func put(id string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &items.Name, Item: item(id, "new"), ConditionExpression: new("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func (r recorded) transact(token string, writes ...types.TransactWriteItem) error {
	input := &dynamodb.TransactWriteItemsInput{TransactItems: writes}
	if token != "" {
		input.ClientRequestToken = &token
	}
	_, err := r.client.TransactWriteItems(r.Context(), input)
	return err
}

// refused wants an error of that code whose message has the text.
func (r recorded) refused(err error, code, text string) {
	r.Helper()
	refusal, ok := errors.AsType[smithy.APIError](err)
	if !ok || refusal.ErrorCode() != code || !strings.Contains(refusal.ErrorMessage(), text) {
		r.Errorf("want %s %q, got %v", code, text, err)
	}
}

func TestACancelledTransactionHasAReasonForEachPlace(t *testing.T) {
	r := newRecorded(t)
	for _, c := range []struct {
		ids     []string
		reasons string
	}{{[]string{"a", "b"}, "[ConditionalCheckFailed, None]"}, {[]string{"b", "a"}, "[None, ConditionalCheckFailed]"}} {
		err := r.transact("", put(c.ids[0]), put(c.ids[1]))
		r.refused(
			err, "TransactionCanceledException",
			"Transaction cancelled, please refer cancellation reasons for specific reasons "+c.reasons,
		)
	}
}

func TestAReasonOfACancelledTransactionHasItsMessageAndTheOldItem(t *testing.T) {
	r := newRecorded(t)
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](r.transact("", put("b"), put("a")))
	if !ok || len(cancelled.CancellationReasons) != 2 {
		t.Fatalf("%+v", cancelled)
	}
	reason := cancelled.CancellationReasons[1]
	old, _ := reason.Item["v"].(*types.AttributeValueMemberS)
	if aws.ToString(reason.Message) != "The conditional request failed" || old == nil || old.Value != "old" {
		t.Errorf("%+v", reason)
	}
}

func TestAFailedConditionOfADeleteHasTheOldItem(t *testing.T) {
	r := newRecorded(t)
	_, err := r.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: &items.Name, Key: dynamo.Item{"id": dynamo.Text("a")},
		ConditionExpression:                 new("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok || failed.ErrorMessage() != "The conditional request failed" || len(failed.Item) != 2 {
		t.Errorf("%v", err)
	}
}

func TestATransactionsTokenIsOfOneRequest(t *testing.T) {
	r := newRecorded(t)
	if err := errors.Join(r.transact("token", put("b")), r.transact("token", put("b"))); err != nil {
		t.Errorf("the same again: %v", err)
	}
	r.refused(r.transact("token", put("c")), "IdempotentParameterMismatchException", "")
}

func TestATransactionNamesAnItemOnce(t *testing.T) {
	r := newRecorded(t)
	r.refused(
		r.transact("", put("b"), put("b")), "ValidationException",
		"Transaction request cannot include multiple operations on one item",
	)
}

func TestATransactionHasOneToAHundredActions(t *testing.T) {
	r := newRecorded(t)
	r.refused(r.transact("", []types.TransactWriteItem{}...), "ValidationException", "1 validation error detected")
	var many []types.TransactWriteItem
	for i := range 101 {
		many = append(many, put(fmt.Sprint("n", i)))
	}
	r.refused(r.transact("", many...), "ValidationException", "100")
	if err := r.transact("", many[:100]...); err != nil {
		t.Error(err)
	}
}

func TestAnItemHas409600BytesAtMost(t *testing.T) {
	r := newRecorded(t)
	write := func(size int) error {
		_, err := r.client.PutItem(context.Background(), &dynamodb.PutItemInput{
			TableName: &items.Name, Item: item("b", strings.Repeat("x", size-len("id"+"b"+"v"))),
		})
		return err
	}
	if err := write(409600); err != nil {
		t.Error(err)
	}
	r.refused(write(409601), "ValidationException", "Item size has exceeded the maximum allowed size")
	_, err := r.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &items.Name, Key: dynamo.Item{"id": dynamo.Text("a")}, UpdateExpression: new("SET v = :v"),
		ExpressionAttributeValues: dynamo.Item{":v": dynamo.Text(strings.Repeat("x", 409600))},
	})
	r.refused(err, "ValidationException", "Item size to update has exceeded the maximum allowed size")
}

func TestATableThatIsNotThereIsNamedSo(t *testing.T) {
	r := newRecorded(t)
	_, err := r.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: new("none"), Key: dynamo.Item{"id": dynamo.Text("a")},
	})
	r.refused(err, "ResourceNotFoundException", "")
	_, err = r.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &items.Name, Key: dynamo.Item{"other": dynamo.Text("a")},
	})
	r.refused(err, "ValidationException", "The provided key element does not match the schema")
}

func TestATableIsMadeOnce(t *testing.T) {
	r := newRecorded(t)
	_, err := r.client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &items.Name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: new("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: new("id"), AttributeType: types.ScalarAttributeTypeS},
		},
	})
	r.refused(err, "ResourceInUseException", "")
}

func TestConsumedCapacityIsToldWhereItIsAskedFor(t *testing.T) {
	r := newRecorded(t)
	out, err := r.client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: &items.Name, Item: item("a", "new"), ReturnValues: types.ReturnValueAllOld,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil || aws.ToFloat64(out.ConsumedCapacity.CapacityUnits) != 1 || len(out.Attributes) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
}

// Where the engine differs from DynamoDB, as CONFORMANCE.md says.
func TestTheKnownDifferencesOfTheEngineAreStillThere(t *testing.T) {
	r := newRecorded(t)
	_, err := r.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: new("arn:aws:dynamodb:eu-central-1:123456789012:table/" + items.Name),
		Key:       dynamo.Item{"id": dynamo.Text("a")},
	})
	r.refused(err, "ValidationException", "") // DynamoDB accepts a table's ARN
	_, err = r.client.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName:               &items.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &items.TTLAttribute, Enabled: new(true)},
	})
	if err != nil { // DynamoDB refuses: "TimeToLive is already enabled"
		t.Error(err)
	}
}
