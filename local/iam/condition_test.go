package iam

import (
	"testing"

	"drawbridge/shared/testkit"
)

func conditions(operator, key string, values ...string) map[string]map[string][]string {
	return map[string]map[string][]string{operator: {key: values}}
}

func TestAnOperatorComparesAsIAMDoes(t *testing.T) {
	none, one, two := Context{}, Context{LeadingKeys: {"id#1"}}, Context{LeadingKeys: {"id#1", "name#1"}}
	in := Context{EnclosingOperation: {"TransactWriteItems"}}
	for _, c := range []struct {
		operator, key string
		values        []string
		context       Context
		want          bool
	}{
		{"ForAllValues:StringEquals", LeadingKeys, []string{"id#1"}, one, true},
		{"ForAllValues:StringEquals", LeadingKeys, []string{"id#1"}, two, false},
		{"ForAllValues:StringEquals", LeadingKeys, []string{"name#1", "id#1"}, two, true},
		{"ForAllValues:StringEquals", LeadingKeys, []string{"id#*"}, one, false}, // no wildcard
		{"ForAllValues:StringEquals", LeadingKeys, []string{"ID#1"}, one, false}, // with case
		{"ForAllValues:StringLike", LeadingKeys, []string{"id#*"}, one, true},
		{"ForAllValues:StringLike", LeadingKeys, []string{"id#?"}, one, true},
		{"ForAllValues:StringLike", LeadingKeys, []string{"id#*"}, two, false},
		{"ForAllValues:StringLike", LeadingKeys, []string{"id#*", "name#*"}, two, true},
		{"ForAllValues:StringLike", LeadingKeys, []string{"d#*"}, one, false},
		{"ForAllValues:StringEquals", LeadingKeys, []string{"id#1"}, none, true}, // the trap
		{"ForAllValues:StringEquals", EnclosingOperation, []string{"TransactWriteItems"}, none, true},
		{"ForAnyValue:StringEquals", EnclosingOperation, []string{"TransactGetItems", "TransactWriteItems"}, in, true},
		{"ForAnyValue:StringEquals", EnclosingOperation, []string{"TransactWriteItems"}, none, false},
		{"ForAnyValue:StringEquals", EnclosingOperation, []string{"TransactGetItems"}, in, false},
		{"StringEquals", EnclosingOperation, []string{"TransactWriteItems"}, in, true},
		{"StringEquals", EnclosingOperation, []string{"TransactWriteItems"}, none, false},
		{"StringLike", EnclosingOperation, []string{"Transact*"}, in, true},
		{"StringEquals", EnclosingOperation, []string{"a", "b"}, Context{EnclosingOperation: {"a", "b"}}, false}, // one value
		{"StringEqualsIfExists", EnclosingOperation, []string{"TransactWriteItems"}, none, true},
		{"StringEqualsIfExists", EnclosingOperation, []string{"TransactGetItems"}, in, false},
		{"Null", LeadingKeys, []string{"false"}, one, true},
		{"Null", LeadingKeys, []string{"false"}, none, false},
		{"Null", LeadingKeys, []string{"true"}, none, true},
		{"Null", LeadingKeys, []string{"true"}, one, false},
	} {
		if err := CheckCondition(c.operator, c.key, c.values); err != nil {
			t.Error(err)
		}
		if got := met(conditions(c.operator, c.key, c.values...), c.context); got != c.want {
			t.Errorf("%s %s %v of %v: %v", c.operator, c.key, c.values, c.context, got)
		}
	}
}

func TestEveryOperatorOfAStatementMustHold(t *testing.T) {
	both := map[string]map[string][]string{
		"ForAllValues:StringLike":  {LeadingKeys: {"id#*"}},
		"ForAnyValue:StringEquals": {EnclosingOperation: {"TransactWriteItems"}},
	}
	for _, c := range []struct {
		context Context
		want    bool
	}{
		{Context{LeadingKeys: {"id#1"}, EnclosingOperation: {"TransactWriteItems"}}, true},
		{Context{LeadingKeys: {"id#1"}}, false},
		{Context{LeadingKeys: {"x"}, EnclosingOperation: {"TransactWriteItems"}}, false},
	} {
		if got := met(both, c.context); got != c.want {
			t.Errorf("%v: %v", c.context, got)
		}
	}
}

func TestAProxyIsNotMadeForAConditionThatIsNotUnderstood(t *testing.T) {
	_, err := NewProxy(Config{Engine: "http://127.0.0.1:1",
		Statements: []Statement{{Sid: "A", Conditions: conditions("Bool", LeadingKeys, "true")}}})
	if err == nil {
		t.Error("made")
	}
}

// contextOf reads the first call of a request to tables whose partition key is "key".
func contextOf(t *testing.T, operation, body string) (Context, bool) {
	t.Helper()
	list, err := calls(targetPrefix+operation, []byte(body), arn)
	testkit.Must(t, err)
	return together(list)[0].context("key")
}

func TestTheLeadingKeyIsThePartitionKeyThatARequestNames(t *testing.T) {
	const names = `"ExpressionAttributeNames":{"#k":"key","#s":"sort"},"ExpressionAttributeValues":{":v":{"S":"x"},` +
		`":s":{"S":"y"}}`
	for _, c := range []struct{ operation, body string }{
		{"GetItem", `{"TableName":"a","Key":{"sort":{"S":"y"},"key":{"S":"x"}}}`},
		{"DeleteItem", `{"TableName":"a","Key":{"key":{"S":"x"}}}`},
		{"UpdateItem", `{"TableName":"a","Key":{"key":{"S":"x"}},"UpdateExpression":"SET b = :v"}`},
		{"PutItem", `{"TableName":"a","Item":{"other":{"L":[]},"key":{"S":"x"}}}`},
		{"Query", `{"TableName":"a","KeyConditionExpression":"key = :v",` + names + `}`},
		{"Query", `{"TableName":"a","KeyConditionExpression":"#s = :s AND #k = :v",` + names + `}`},
		{"Query", `{"TableName":"a","KeyConditionExpression":"(#k=:v) and (sort <= :s)",` + names + `}`},
		{"TransactWriteItems", `{"TransactItems":[{"ConditionCheck":{"TableName":"a","Key":{"key":{"S":"x"}}}}]}`},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"a","Key":{"key":{"S":"x"}}}}]}`},
	} {
		got, understood := contextOf(t, c.operation, c.body)
		if keys := got[LeadingKeys]; !understood || len(keys) != 1 || keys[0] != "x" {
			t.Errorf("%s %s: %v, %v", c.operation, c.body, keys, understood)
		}
	}
}

func TestAScanHasNoLeadingKey(t *testing.T) {
	got, understood := contextOf(t, "Scan", `{"TableName":"a"}`)
	if _, present := got[LeadingKeys]; present || !understood {
		t.Errorf("%v, %v", got, understood)
	}
}

func TestALeadingKeyThatIsNotReadIsNotUnderstood(t *testing.T) {
	for _, c := range []struct{ operation, body string }{
		{"GetItem", `{"TableName":"a"}`},
		{"GetItem", `{"TableName":"a","Key":{"key":{"N":"1"}}}`},
		{"PutItem", `{"TableName":"a","Key":{"key":{"S":"x"}}}`},
		{"Query", `{"TableName":"a","KeyConditions":{"key":{}}}`},
		{"Query",
			`{"TableName":"a","KeyConditionExpression":"key = :v AND key = :w","ExpressionAttributeValues":{":v":{"S":"x"},` +
				`":w":{"S":"y"}}}`},
		{"Query",
			`{"TableName":"a","IndexName":"i","KeyConditionExpression":"key = :v",` +
				`"ExpressionAttributeValues":{":v":{"S":"x"}}}`},
		{"BatchGetItem", `{"RequestItems":{"a":{"Keys":[{"key":{"S":"x"}}]}}}`},
		{"TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"a","Item":{"key":{"S":"x"}}}},{"Put":{"TableName":"a","Item":{}}}]}`},
	} {
		if got, understood := contextOf(t, c.operation, c.body); understood {
			t.Errorf("%s %s: %v", c.operation, c.body, got)
		}
	}
}

func TestOnlyWhatIsInATransactionIsEnclosed(t *testing.T) {
	for _, c := range []struct{ operation, body, want string }{
		{"PutItem", `{"TableName":"a","Item":{"key":{"S":"x"}}}`, ""},
		{"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"a","Item":{"key":{"S":"x"}}}}]}`,
			"TransactWriteItems"},
		{"TransactWriteItems", `{"TransactItems":[{"ConditionCheck":{"TableName":"a","Key":{"key":{"S":"x"}}}}]}`, ""},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"a","Key":{"key":{"S":"x"}}}}]}`, "TransactGetItems"},
	} {
		got, understood := contextOf(t, c.operation, c.body)
		if value := got[EnclosingOperation]; !understood || (c.want == "") != (value == nil) ||
			(value != nil && value[0] != c.want) {
			t.Errorf("%s %s: %v, %v", c.operation, c.body, value, understood)
		}
	}
}
