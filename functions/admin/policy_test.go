package main

import (
	"testing"

	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/dynamo/dynamotest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// permitted is a client that may do what template.yaml lets the function do. The test fails if more is asked for: so
// every test of a command is also one of the policy.
func permitted(t *testing.T, db *dynamotest.DB) *dynamodb.Client {
	t.Helper()
	return templatetest.Client(t, stackOf(t), db, "AdminFunction", nil)
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
