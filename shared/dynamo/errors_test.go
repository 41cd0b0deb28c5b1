package dynamo_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// one writes a new item under id, once.
func one(db *dynamotest.DB, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: new(db.Tables["ApprovalsTable"]), Item: dynamo.Item{"approval_id": dynamo.Text(id)},
		ConditionExpression: new("attribute_not_exists(approval_id)"),
	}}
}

func TestACancellationGivesAReasonAnItem(t *testing.T) {
	db := dynamotest.New(t)
	testkit.Must(t, dynamo.Transact(t.Context(), db.Client, one(db, "a")))
	err := dynamo.Transact(t.Context(), db.Client, one(db, "b"), one(db, "a"))
	reasons, cancelled := dynamo.Cancellation(err)
	if !cancelled || len(reasons) != 2 || dynamo.Failed(reasons[0]) || !dynamo.Failed(reasons[1]) ||
		!dynamo.ConditionFailed(err) || dynamo.Transient(err) {
		t.Errorf("%v, %v", reasons, err)
	}
}

func TestASingleWritesFailedConditionIsOneToo(t *testing.T) {
	db := dynamotest.New(t)
	_, err := db.Client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: new(db.Tables["ApprovalsTable"]), Item: dynamo.Item{"approval_id": dynamo.Text("a")},
		ConditionExpression: new("attribute_exists(approval_id)"),
	})
	if !dynamo.ConditionFailed(err) || dynamo.Transient(err) {
		t.Error(err)
	}
}

// When every request meets a fault, the client gives up in the end; whatever it then says must count as passing.
func TestEveryInjectedFaultIsTransientAndATransactionHappensOnce(t *testing.T) {
	faults := dynamotest.NewFaults()
	db := dynamotest.NewWithTransport(t, faults)
	for seed := range uint64(60) {
		ctx := dynamotest.WithTrouble(t.Context(), &dynamotest.Trouble{Rate: 0.7, Rand: rand.New(rand.NewPCG(seed, 0))})
		update := types.TransactWriteItem{Update: &types.Update{
			TableName: new(db.Tables["ApprovalsTable"]), Key: dynamo.Item{"approval_id": dynamo.Text("counter")},
			UpdateExpression: new("ADD uses :one"), ExpressionAttributeValues: dynamo.Item{":one": dynamo.Number(1)},
		}}
		before := uses(t, db)
		_, err := db.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: []types.TransactWriteItem{update},
		})
		after := uses(t, db)
		switch {
		case err != nil && !dynamo.Transient(err):
			t.Errorf("seed %d: %v", seed, err)
		case err == nil && after != before+1, err != nil && after > before+1:
			t.Errorf("seed %d: happened %d times, %v", seed, after-before, err)
		}
	}
	for kind, times := range faults.Injected() {
		if times == 0 && kind != dynamotest.KillBefore && kind != dynamotest.KillAfter {
			t.Errorf("no %v was injected", kind)
		}
	}
}

func uses(t *testing.T, db *dynamotest.DB) int64 {
	t.Helper()
	got, err := db.Client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: new(db.Tables["ApprovalsTable"]), Key: dynamo.Item{"approval_id": dynamo.Text("counter")},
		ConsistentRead: new(true),
	})
	testkit.Must(t, err)
	return dynamo.NumberOf(got.Item["uses"])
}

func TestTheEndOfTheCallersContextIsNotTransient(t *testing.T) {
	db := dynamotest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := dynamo.Transact(ctx, db.Client, one(db, "a"))
	if err == nil || dynamo.Transient(err) {
		t.Errorf("got %v", err)
	}
}
