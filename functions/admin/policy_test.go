package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"drawbridge/local/iam"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// permitted is a client that may do what template.yaml lets the function do. The test fails if more is asked for: so
// every test of a command is also one of the policy.
func permitted(t *testing.T, db *dynamotest.DB) *dynamodb.Client {
	t.Helper()
	stack := stackOf(t)
	function, ok := stack.Function("AdminFunction")
	if !ok {
		t.Fatal("the template has no AdminFunction")
	}
	c := iam.Config{
		Engine: db.Endpoint, Function: function.Name, Statements: function.Policies,
		Denied: func(_ string, need iam.Need) { t.Errorf("may not %s on %s", need.Action, need.Resource) },
		ARN: func(table string) string {
			logicalID, _, _ := strings.Cut(table, "-")
			return "arn:aws:dynamodb:" + stack.Region + ":" + stack.AccountID + ":table/" + logicalID
		},
	}
	proxy, err := iam.NewProxy(c)
	testkit.Must(t, err)
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// stackOf is what template.yaml describes.
func stackOf(t *testing.T) *template.Stack {
	t.Helper()
	return templatetest.Project(t, "../..", nil)
}

func TestNoRouteOrEventLeadsToTheFunction(t *testing.T) {
	stack := stackOf(t)
	for _, route := range stack.Routes {
		if route.Function == "AdminFunction" {
			t.Errorf("%s %s does", route.Method, route.Path)
		}
	}
	for _, schedule := range stack.Schedules {
		if schedule.Function == "AdminFunction" {
			t.Errorf("the schedule %s does", schedule.Name)
		}
	}
}
