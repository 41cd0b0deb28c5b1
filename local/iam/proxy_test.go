package iam_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"

	"drawbridge/local/iam"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

func arn(table string) string { return "arn:aws:dynamodb:eu-central-1:123456789012:table/" + table }

// clientOf is a function's client, with the function's proxy before the engine.
func clientOf(t *testing.T, db *dynamotest.DB, c iam.Config) *dynamodb.Client {
	t.Helper()
	c.Engine, c.ARN = db.Endpoint, arn
	proxy, err := iam.NewProxy(c)
	testkit.Must(t, err)
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return dynamo.New(dynamo.Config{Region: "eu-central-1", Endpoint: server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local")})
}

func TestAFunctionReachesTheEngineOnlyForWhatItMay(t *testing.T) {
	db := dynamotest.New(t)
	var denied []iam.Need
	client := clientOf(t, db, iam.Config{
		Function: "reader", Denied: func(_ string, n iam.Need) { denied = append(denied, n) },
		Statements: []iam.Statement{{Actions: []string{"dynamodb:GetItem"},
			Resources: []string{arn(db.Tables["NoncesTable"])}}},
	})
	get := func(logicalID, key string) error {
		name := db.Tables[logicalID]
		_, err := client.GetItem(context.Background(), &dynamodb.GetItemInput{
			TableName: &name, Key: dynamo.Item{key: dynamo.Text("x")},
		})
		return err
	}
	wantAllowed(t, get("NoncesTable", "nonce_hash"))
	wantCode(t, get("SessionsTable", "code_hash"), "AccessDeniedException")
	testkit.Equal(t, []iam.Need{{"dynamodb:GetItem", arn(db.Tables["SessionsTable"])}}, denied)
}

func TestARequestAboveDynamoDBsLimitReachesNoEngine(t *testing.T) {
	for size, want := range map[int]string{
		16 << 20:   "Bad Gateway", // the engine is none, and answers no JSON
		16<<20 + 1: "SerializationException",
	} {
		var got string
		proxy, err := iam.NewProxy(iam.Config{Engine: "http://127.0.0.1:1", ARN: arn,
			Done:       func(o iam.Operation) { got = o.Error },
			Statements: []iam.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}})
		testkit.Must(t, err)
		r := httptest.NewRequest("POST", "/", strings.NewReader(`{}`+strings.Repeat(" ", size-2)))
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		testkit.Equal(t, want, got)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("want %s, got %v", code, err)
	}
}
