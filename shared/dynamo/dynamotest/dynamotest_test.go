package dynamotest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
)

func TestTwoTestsNeverShareATable(t *testing.T) {
	one, other := dynamotest.New(t), dynamotest.New(t)
	if one.Endpoint != other.Endpoint {
		t.Errorf("two engines run, at %s and %s", one.Endpoint, other.Endpoint)
	}
	for id, name := range one.Tables {
		if other.Tables[id] == name {
			t.Errorf("%s is %s for both", id, name)
		}
	}
}

func TestTablesExpireWhatTheTemplateSays(t *testing.T) {
	db := dynamotest.New(t)
	ttl, err := db.Client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{
		TableName: new(db.Tables["ApprovalsTable"]),
	})
	testkit.Must(t, err)
	if got := ttl.TimeToLiveDescription; got.TimeToLiveStatus != types.TimeToLiveStatusEnabled ||
		aws.ToString(got.AttributeName) != "expires_at" {
		t.Errorf("got %s on %q", got.TimeToLiveStatus, aws.ToString(got.AttributeName))
	}
}
