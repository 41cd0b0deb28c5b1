package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const targetPrefix = "DynamoDB_20120810."

// ARNs turns a table's name into its ARN.
type ARNs func(table string) string

// body is what a request says about tables.
type body struct {
	TableName     string
	IndexName     string
	RequestItems  map[string]json.RawMessage // BatchGetItem, BatchWriteItem
	TransactItems []map[string]struct{ TableName string }
}

// transactActions are the actions that the items of a transaction need.
var transactActions = map[string]string{
	"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem",
}

// needs reads what a request to DynamoDB needs from its X-Amz-Target header and its body.
func needs(target string, payload []byte, arn ARNs) ([]Need, error) {
	operation, ok := strings.CutPrefix(target, targetPrefix)
	if !ok || operation == "" {
		return nil, fmt.Errorf("not an operation of DynamoDB: %q", target)
	}
	var b body
	if err := json.Unmarshal(payload, &b); err != nil {
		return nil, fmt.Errorf("not a request to DynamoDB: %w", err)
	}
	action := "dynamodb:" + operation
	switch {
	case strings.HasPrefix(operation, "Transact"):
		return transactNeeds(b, arn)
	case len(b.RequestItems) > 0:
		var list []Need
		for _, table := range slices.Sorted(maps.Keys(b.RequestItems)) {
			list = append(list, Need{action, arn(table)})
		}
		return list, nil
	case b.TableName == "":
		return []Need{{action, "*"}}, nil
	case b.IndexName != "":
		return []Need{{action, arn(b.TableName) + "/index/" + b.IndexName}}, nil
	}
	return []Need{{action, arn(b.TableName)}}, nil
}

func transactNeeds(b body, arn ARNs) ([]Need, error) {
	var list []Need
	for _, item := range b.TransactItems {
		for kind, on := range item {
			action, known := transactActions[kind]
			if !known || on.TableName == "" {
				return nil, fmt.Errorf("not an item of a transaction: %q", kind)
			}
			list = append(list, Need{"dynamodb:" + action, arn(on.TableName)})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("a transaction without items")
	}
	return list, nil
}
