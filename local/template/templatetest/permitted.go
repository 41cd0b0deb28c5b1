package templatetest

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/local/iam"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
)

// Endpoint is the engine as a function of the stack reaches it, under the policies of the template. The test fails if
// the function is refused anything; done is told of each request and may be nil.
func Endpoint(
	t testing.TB, stack *template.Stack, db *dynamotest.DB, logicalID string, done func(iam.Operation),
) string {
	t.Helper()
	function, ok := stack.Function(logicalID)
	if !ok {
		t.Fatalf("the template has no %s", logicalID)
	}
	keys := map[string]string{}
	for _, table := range stack.Tables {
		keys[db.Tables[table.LogicalID]] = table.PartitionKey.Name
	}
	proxy, err := iam.NewProxy(iam.Config{
		Engine: db.Endpoint, Function: logicalID, Statements: function.Policies, Keys: keys, Done: done,
		Denied: func(name string, n iam.Need) { t.Errorf("%s may not %s on %s", name, n.Action, n.Resource) },
		ARN: func(table string) string {
			name, _, _ := strings.Cut(table, "-") // in tests a table's name is its logical id and more
			return "arn:aws:dynamodb:" + stack.Region + ":" + stack.AccountID + ":table/" + name
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// Client is a client of that endpoint.
func Client(
	t testing.TB, stack *template.Stack, db *dynamotest.DB, logicalID string, done func(iam.Operation),
) *dynamodb.Client {
	t.Helper()
	return dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: Endpoint(t, stack, db, logicalID, done),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}
