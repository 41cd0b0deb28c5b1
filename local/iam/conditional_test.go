package iam_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/local/iam"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
)

const (
	leading   = "ForAllValues:StringLike"
	enclosing = "ForAnyValue:StringEquals"
)

// teller is a function with statements about the customers' table.
type teller struct {
	client *dynamodb.Client
	table  string
}

func newTeller(t *testing.T, conditions map[string]map[string][]string, actions ...string) teller {
	t.Helper()
	return tellerOf(t, iam.Statement{Actions: actions, Conditions: conditions})
}

// tellerOf gives every statement the customers' table, and what begins with its name, as resource.
func tellerOf(t *testing.T, statements ...iam.Statement) teller {
	t.Helper()
	db := dynamotest.New(t)
	table := db.Tables["CustomersTable"]
	for i := range statements {
		statements[i].Resources = []string{arn(table) + "*"}
	}
	keys := map[string]string{table: "key"}
	return teller{clientOf(t, db, iam.Config{Function: "teller", Statements: statements, Keys: keys}), table}
}

func (w teller) get(key string) error {
	_, err := w.client.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: &w.table,
		Key: dynamo.Item{"key": dynamo.Text(key)}})
	return err
}

func (w teller) put(key string) error {
	_, err := w.client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &w.table,
		Item: dynamo.Item{"key": dynamo.Text(key)}})
	return err
}

func (w teller) transact(keys ...string) error {
	var writes []types.TransactWriteItem
	for _, key := range keys {
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &w.table,
			Item: dynamo.Item{"key": dynamo.Text(key)}}})
	}
	return dynamo.Transact(context.Background(), w.client, writes...)
}

func wantAllowed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("refused what the policy allows: %v", err)
	}
}

const denied = "AccessDeniedException"

func TestAFunctionReachesOnlyTheItemsOfItsLeadingKeys(t *testing.T) {
	w := newTeller(t, map[string]map[string][]string{leading: {iam.LeadingKeys: {"identity#*"}}}, "dynamodb:GetItem",
		"dynamodb:PutItem")
	wantAllowed(t, w.get("identity#a"))
	wantAllowed(t, w.put("identity#a"))
	wantCode(t, w.get("username#a"), denied)
	wantCode(t, w.put("username#a"), denied)
}

func TestAWriteThatIsBoundToATransactionIsRefusedOnItsOwn(t *testing.T) {
	w := newTeller(t, map[string]map[string][]string{enclosing: {iam.EnclosingOperation: {"TransactWriteItems"}}},
		"dynamodb:PutItem")
	wantAllowed(t, w.transact("customer#a"))
	wantCode(t, w.put("customer#a"), denied)
}

func TestATransactionIsRefusedForOneItemThatIsNotAllowed(t *testing.T) {
	w := newTeller(t, map[string]map[string][]string{leading: {iam.LeadingKeys: {"tries#*", "known#*"}}},
		"dynamodb:PutItem")
	wantAllowed(t, w.transact("tries#a", "known#a"))
	wantCode(t, w.transact("tries#a", "username#a"), denied)
}

func TestOneStatementMustCoverTheKeysOfATransaction(t *testing.T) {
	on := func(pattern string) iam.Statement {
		return iam.Statement{Actions: []string{"dynamodb:PutItem"},
			Conditions: map[string]map[string][]string{leading: {iam.LeadingKeys: {pattern}}}}
	}
	w := tellerOf(t, on("tries#*"), on("known#*"))
	wantAllowed(t, w.transact("tries#a", "tries#b"))
	wantAllowed(t, w.transact("known#a"))
	wantCode(t, w.transact("tries#a", "known#a"), denied)
}

func TestAScanPassesAStatementOnLeadingKeysUnlessNullForbids(t *testing.T) {
	scan := func(w teller) error {
		_, err := w.client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &w.table})
		return err
	}
	open := map[string]map[string][]string{leading: {iam.LeadingKeys: {"identity#*"}}}
	wantAllowed(t, scan(newTeller(t, open, "dynamodb:Scan"))) // as on AWS: see the package's doc
	closed := map[string]map[string][]string{leading: open[leading], "Null": {iam.LeadingKeys: {"false"}}}
	wantCode(t, scan(newTeller(t, closed, "dynamodb:Scan")), denied)
}

func TestARequestWhoseLeadingKeyIsNotUnderstoodIsDenied(t *testing.T) {
	w := newTeller(t, map[string]map[string][]string{leading: {iam.LeadingKeys: {"*"}}}, "dynamodb:GetItem",
		"dynamodb:BatchGetItem")
	_, err := w.client.BatchGetItem(context.Background(), &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{
			w.table: {Keys: []map[string]types.AttributeValue{{"key": dynamo.Text("a")}}},
		},
	})
	wantCode(t, err, denied)
	_, err = w.client.GetItem(context.Background(), &dynamodb.GetItemInput{
		TableName: &w.table, Key: dynamo.Item{"key": &types.AttributeValueMemberN{Value: "1"}},
	})
	wantCode(t, err, denied)
}

func TestATableWhosePartitionKeyIsNotKnownIsDenied(t *testing.T) {
	w := newTeller(t, map[string]map[string][]string{leading: {iam.LeadingKeys: {"*"}}}, "dynamodb:GetItem")
	w.table += "x"
	wantCode(t, w.get("a"), denied)
}
