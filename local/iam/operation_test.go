package iam_test

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/local/iam"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

const aRoot = "1-5759e988-bd862e3fe1be46a994272793"

// watchedTables is a function's client and what its proxy reports.
func watchedTables(t *testing.T) (*dynamodb.Client, *dynamotest.DB, *[]iam.Operation) {
	t.Helper()
	db := dynamotest.New(t)
	var done []iam.Operation
	return clientOf(t, db, iam.Config{
		Function: "writer", Done: func(o iam.Operation) { done = append(done, o) },
		Statements: []iam.Statement{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"*"}}},
	}), db, &done
}

func put(db *dynamotest.DB) *dynamodb.PutItemInput {
	table := db.Tables["NoncesTable"]
	return &dynamodb.PutItemInput{TableName: &table, Item: dynamo.Item{"nonce_hash": dynamo.Text("x")}}
}

func TestAnOperationIsReportedWithItsTablesAndItsTrace(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "writer")
	t.Setenv("_X_AMZN_TRACE_ID", "Root="+aRoot+";Parent=53995c3f42cd8ad8;Sampled=0")
	client, db, done := watchedTables(t)
	_, err := client.PutItem(context.Background(), put(db))
	testkit.Must(t, err)
	got := (*done)[0]
	if got.Took <= 0 || got.At.IsZero() {
		t.Errorf("at %v, took %v", got.At, got.Took)
	}
	got.At, got.Took = iam.Operation{}.At, 0
	want := iam.Operation{Function: "writer", Trace: aRoot, Name: "PutItem",
		Needs: []iam.Need{{"dynamodb:PutItem", arn(db.Tables["NoncesTable"])}}}
	testkit.Equal(t, want, got)
}

func TestAnOperationOutsideOfAnInvocationHasNoTrace(t *testing.T) {
	os.Unsetenv("_X_AMZN_TRACE_ID")
	client, db, done := watchedTables(t)
	_, err := client.PutItem(context.Background(), put(db))
	testkit.Must(t, err)
	if got := (*done)[0].Trace; got != "" {
		t.Errorf("trace %q", got)
	}
}

func TestAnOperationThatFailsIsReportedWithTheTypeOfItsError(t *testing.T) {
	client, db, done := watchedTables(t)
	refused := put(db)
	refused.ConditionExpression = new("attribute_exists(nonce_hash)")
	_, _ = client.PutItem(context.Background(), refused)
	_, _ = client.GetItem(context.Background(), &dynamodb.GetItemInput{
		TableName: refused.TableName, Key: map[string]types.AttributeValue{"nonce_hash": dynamo.Text("x")},
	})
	for i, want := range []string{"ConditionalCheckFailedException", "AccessDeniedException"} {
		if got := (*done)[i]; got.Error != want {
			t.Errorf("%s: %q, want %s", got.Name, got.Error, want)
		}
	}
}
