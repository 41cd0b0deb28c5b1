package iam

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func arn(table string) string { return "arn:aws:dynamodb:eu-central-1:123456789012:table/" + table }

func TestAStatementAllowsItsActionsOnItsResources(t *testing.T) {
	statements := []Statement{
		{Actions: []string{"dynamodb:GetItem", "dynamodb:query"}, Resources: []string{arn("accounts")}},
		{Actions: []string{"dynamodb:*"}, Resources: []string{arn("notes-?") + "/index/*"}},
		{Actions: []string{"dynamodb:Put*"}, Resources: []string{arn("ledger")}},
		{Deny: true, Actions: []string{"dynamodb:PutItem"}, Resources: []string{"*"}},
	}
	for need, want := range map[Need]bool{
		{"dynamodb:GetItem", arn("accounts")}:         true,
		{"dynamodb:Query", arn("accounts")}:           true,
		{"dynamodb:GetItem", arn("accounts2")}:        false,
		{"dynamodb:GetItem", arn("ledger")}:           false,
		{"dynamodb:Scan", arn("accounts")}:            false,
		{"dynamodb:Query", arn("accounts/index/x")}:   false,
		{"dynamodb:Query", arn("notes-1/index/by/x")}: true,
		{"dynamodb:Query", arn("notes-10/index/x")}:   false,
		{"dynamodb:PutItem", arn("ledger")}:           false, // the Deny wins
	} {
		if got := Allows(statements, need, nil); got != want {
			t.Errorf("%v allowed: %v, want %v", need, got, want)
		}
	}
}

func TestAnOperationNeedsWhatAWSSays(t *testing.T) {
	for _, c := range []struct {
		operation, body string
		want            []Need
	}{
		{"GetItem", `{"TableName":"a"}`, []Need{{"dynamodb:GetItem", arn("a")}}},
		{"Query", `{"TableName":"a","IndexName":"i"}`, []Need{{"dynamodb:Query", arn("a/index/i")}}},
		{"ListTables", `{}`, []Need{{"dynamodb:ListTables", "*"}}},
		{"BatchGetItem", `{"RequestItems":{"b":{},"a":{}}}`, []Need{{"dynamodb:BatchGetItem", arn("a")}, {"dynamodb:BatchGetItem", arn("b")}}},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"a"}}]}`, []Need{{"dynamodb:GetItem", arn("a")}}},
		{"TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"a"}},{"Update":{"TableName":"b"}},{"Delete":{"TableName":"c"}},{"ConditionCheck":{"TableName":"d"}}]}`,
			[]Need{{"dynamodb:PutItem", arn("a")}, {"dynamodb:UpdateItem", arn("b")}, {"dynamodb:DeleteItem", arn("c")}, {"dynamodb:ConditionCheckItem", arn("d")}}},
	} {
		list, err := calls(targetPrefix+c.operation, []byte(c.body), arn)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, needs(list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.operation, diff)
		}
	}
}

func TestWhatIsNotUnderstoodNeedsAnAnswerOfNo(t *testing.T) {
	for _, c := range []struct{ target, body string }{
		{"", `{}`},
		{"Kinesis_20131202.PutRecord", `{}`},
		{targetPrefix + "GetItem", `[`},
		{targetPrefix + "TransactWriteItems", `{"TransactItems":[]}`},
		{targetPrefix + "TransactWriteItems", `{"TransactItems":"all"}`},
		{targetPrefix + "TransactWriteItems", `{"TransactItems":[{"Copy":{"TableName":"a"}}]}`},
		{targetPrefix + "TransactGetItems", `{"TransactItems":[{"Get":{}}]}`},
	} {
		if got, err := calls(c.target, []byte(c.body), arn); err == nil {
			t.Errorf("%s %s needs %v", c.target, c.body, got)
		}
	}
}
