package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const targetPrefix = "DynamoDB_20120810."

// call is an action on a table that a request needs, with what the conditions of a statement may ask about.
type call struct {
	Need
	table     string
	enclosing string // the transaction that it is a part of; empty if of none
	on        []target
}

// target is what a request, or an item of a transaction, says of the item that it is about.
type target struct {
	TableName, IndexName      string
	Key, Item                 attributes
	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues attributes
}

// body is what a request says about tables.
type body struct {
	target
	RequestItems  map[string]json.RawMessage // BatchGetItem, BatchWriteItem
	TransactItems []map[string]target
}

// transactActions are the actions that the items of a transaction need.
var transactActions = map[string]string{
	"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem",
	"Get": "GetItem",
}

// calls reads what a request to DynamoDB needs from its X-Amz-Target header and its body.
func calls(header string, payload []byte, arn func(table string) string) ([]call, error) {
	operation, ok := strings.CutPrefix(header, targetPrefix)
	if !ok || operation == "" {
		return nil, fmt.Errorf("not an operation of DynamoDB: %q", header)
	}
	var b body
	if err := json.Unmarshal(payload, &b); err != nil {
		return nil, fmt.Errorf("not a request to DynamoDB: %w", err)
	}
	one := call{Need: Need{Action: "dynamodb:" + operation, Resource: "*"}, table: b.TableName, on: []target{b.target}}
	switch {
	case strings.HasPrefix(operation, "Transact"):
		return transactCalls(operation, b, arn)
	case strings.HasPrefix(operation, "Batch"):
		if len(b.RequestItems) == 0 {
			return nil, errors.New("a batch without items")
		}
		var list []call
		for _, table := range slices.Sorted(maps.Keys(b.RequestItems)) {
			list = append(list, call{Need: Need{one.Action, arn(table)}, table: table})
		}
		return list, nil
	case b.TableName == "":
		return []call{one}, nil
	case b.IndexName != "":
		one.Resource = arn(b.TableName) + "/index/" + b.IndexName
	default:
		one.Resource = arn(b.TableName)
	}
	return []call{one}, nil
}

func transactCalls(operation string, b body, arn func(table string) string) ([]call, error) {
	var list []call
	for _, item := range b.TransactItems {
		for kind, on := range item {
			action, known := transactActions[kind]
			if !known || on.TableName == "" {
				return nil, fmt.Errorf("not an item of a transaction: %q", kind)
			}
			list = append(list, call{
				Need: Need{"dynamodb:" + action, arn(on.TableName)}, table: on.TableName, enclosing: operation, on: []target{on},
			})
		}
	}
	if len(list) == 0 {
		return nil, errors.New("a transaction without items")
	}
	return list, nil
}

// together joins the calls that need the same action on the same table into one.
func together(list []call) (joined []call) {
	at := map[Need]int{}
	for _, c := range list {
		i, seen := at[c.Need]
		if !seen {
			at[c.Need] = len(joined)
			c.on = slices.Clone(c.on)
			joined = append(joined, c)
			continue
		}
		joined[i].on = append(joined[i].on, c.on...)
	}
	return joined
}

func needs(list []call) []Need {
	all := make([]Need, len(list))
	for i, c := range list {
		all[i] = c.Need
	}
	return all
}

// attributes are an item, a key, or the values of an expression. Of their types only a string is read.
type attributes map[string]struct{ S *string }

// context is what a statement may make a condition of; partitionKey is that of the call's table. It reports false if
// the call is not understood.
func (c call) context(partitionKey string) (Context, bool) {
	context := Context{}
	// The reference lists the key for all actions of a transaction but this one (see the package's doc).
	if c.enclosing != "" && c.Action != "dynamodb:ConditionCheckItem" {
		context[EnclosingOperation] = []string{c.enclosing}
	}
	if c.Action == "dynamodb:Scan" {
		return context, true // it has no leading key
	}
	for _, on := range c.on {
		value := on.leadingKey(c.Action, partitionKey)
		if value == nil {
			return nil, false
		}
		context[LeadingKeys] = append(context[LeadingKeys], *value)
	}
	return context, len(c.on) > 0
}

// leadingKey is the value of the partition key that a request names; nil if it is not understood.
func (t target) leadingKey(action, partitionKey string) *string {
	if partitionKey == "" || t.IndexName != "" { // an index has a partition key of its own
		return nil
	}
	switch action {
	case "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem":
		return t.Key[partitionKey].S
	case "dynamodb:PutItem":
		return t.Item[partitionKey].S
	case "dynamodb:Query":
		return t.ExpressionAttributeValues[t.queriedBy(partitionKey)].S
	}
	return nil
}

// equation is a term "name = :value" of a key condition.
var equation = regexp.MustCompile(`(?:^|\(|\s)([#\w.-]+)\s*=\s*(:\w+)`)

// queriedBy names the value that a Query's key condition compares the partition key with: exactly one, in its terms
// that are equations (the others are about the sort key).
func (t target) queriedBy(name string) (value string) {
	for _, term := range equation.FindAllStringSubmatch(t.KeyConditionExpression, -1) {
		attribute := term[1]
		if strings.HasPrefix(attribute, "#") {
			attribute = t.ExpressionAttributeNames[attribute]
		}
		if attribute != name {
			continue
		}
		if value != "" {
			return ""
		}
		value = term[2]
	}
	return value
}
