package iam_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"drawbridge/local/iam"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
)

func arn(table string) string { return "arn:aws:dynamodb:eu-central-1:123456789012:table/" + table }

func TestAFunctionReachesTheEngineOnlyForWhatItMay(t *testing.T) {
	db := dynamotest.New(t)
	var denied []iam.Need
	proxy, err := iam.NewProxy(iam.Config{
		Engine: db.Endpoint, ARN: arn, Denied: func(_ string, n iam.Need) { denied = append(denied, n) },
		Function: "reader", Statements: []iam.Statement{{Actions: []string{"dynamodb:GetItem"},
			Resources: []string{arn(db.Tables["NoncesTable"])}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(proxy)
	defer server.Close()
	client := dynamo.New(dynamo.Config{
		Region: "eu-central-1", Endpoint: server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local",
			"local"),
	})
	get := func(logicalID, key string) error {
		name := db.Tables[logicalID]
		_, err := client.GetItem(context.Background(), &dynamodb.GetItemInput{
			TableName: &name, Key: map[string]types.AttributeValue{key: &types.AttributeValueMemberS{Value: "x"}},
		})
		return err
	}
	if err := get("NoncesTable", "nonce_hash"); err != nil {
		t.Errorf("refused what the policy allows: %v", err)
	}
	wantCode(t, get("SessionsTable", "code_hash"), "AccessDeniedException")
	if diff := cmp.Diff([]iam.Need{{"dynamodb:GetItem", arn(db.Tables["SessionsTable"])}}, denied); diff != "" {
		t.Errorf("denied (-want +got):\n%s", diff)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("want %s, got %v", code, err)
	}
}
