package iam

import (
	"testing"

	"drawbridge/shared/testkit"
)

func TestAnOperationNeedsWhatAWSSays(t *testing.T) {
	for _, c := range []struct {
		operation, body string
		want            []Need
	}{
		{"GetItem", `{"TableName":"a"}`, []Need{{"dynamodb:GetItem", arn("a")}}},
		{"Query", `{"TableName":"a","IndexName":"i"}`, []Need{{"dynamodb:Query", arn("a/index/i")}}},
		{"ListTables", `{}`, []Need{{"dynamodb:ListTables", "*"}}},
		{"GetItem", `{"TableName":"a","RequestItems":{"b":{}},"TransactItems":[{"Get":{"TableName":"b"}}]}`,
			[]Need{{"dynamodb:GetItem", arn("a")}}},
		{"BatchGetItem", `{"RequestItems":{"b":{},"a":{}}}`,
			[]Need{{"dynamodb:BatchGetItem", arn("a")}, {"dynamodb:BatchGetItem", arn("b")}}},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"a"}}]}`, []Need{{"dynamodb:GetItem", arn("a")}}},
		{"TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"a"}},{"Update":{"TableName":"b"}},{"Delete":{"TableName":"c"}},` +
				`{"ConditionCheck":{"TableName":"d"}}]}`,
			[]Need{{"dynamodb:PutItem", arn("a")}, {"dynamodb:UpdateItem", arn("b")}, {"dynamodb:DeleteItem", arn("c")},
				{"dynamodb:ConditionCheckItem", arn("d")}}},
	} {
		list, err := calls(targetPrefix+c.operation, []byte(c.body), arn)
		testkit.Must(t, err)
		testkit.Equal(t, c.want, needs(list))
	}
}

func TestWhatIsNotUnderstoodNeedsAnAnswerOfNo(t *testing.T) {
	for _, c := range []struct{ target, body string }{
		{"", `{}`},
		{"Kinesis_20131202.PutRecord", `{}`},
		{targetPrefix + "GetItem", `[`},
		{targetPrefix + "BatchGetItem", `{"TableName":"a"}`},
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
