package iam

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// attributes are an item, a key, or the values of an expression. Of their types only a string is read.
type attributes map[string]struct{ S *string }

var errNoLeadingKey = errors.New("the partition key of the request is not understood")

// context says of a call what a statement may make a condition of. partitionKey names the attribute that is the
// partition key of a table. An error means that the request is not understood.
func (c call) context(partitionKey func(table string) (string, error)) (Context, error) {
	context := Context{}
	// The reference lists the key for all actions of a transaction but this one (see the package's doc).
	if c.enclosing != "" && c.Action != "dynamodb:ConditionCheckItem" {
		context[EnclosingOperation] = []string{c.enclosing}
	}
	if c.Action == "dynamodb:Scan" {
		return context, nil // it has no leading key
	}
	name, err := partitionKey(c.table)
	if err != nil {
		return nil, err
	}
	if len(c.on) == 0 {
		return nil, errNoLeadingKey
	}
	for _, on := range c.on {
		value, err := on.leadingKey(c.Action, name)
		if err != nil {
			return nil, err
		}
		context[LeadingKeys] = append(context[LeadingKeys], value)
	}
	return context, nil
}

// leadingKey is the value of the partition key that a request names.
func (t target) leadingKey(action, name string) (string, error) {
	if t.IndexName != "" {
		return "", errNoLeadingKey // the index has a partition key of its own
	}
	var value struct{ S *string }
	switch action {
	case "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem":
		value = t.Key[name]
	case "dynamodb:PutItem":
		value = t.Item[name]
	case "dynamodb:Query":
		value = t.ExpressionAttributeValues[t.queriedBy(name)]
	}
	if value.S == nil {
		return "", errNoLeadingKey
	}
	return *value.S, nil
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

// describe reads the partition key out of the answer to a DescribeTable.
type describe struct {
	Table struct {
		KeySchema []struct{ AttributeName, KeyType string }
	}
}

func (d describe) partitionKey(table string) (string, error) {
	for _, key := range d.Table.KeySchema {
		if key.KeyType == "HASH" {
			return key.AttributeName, nil
		}
	}
	return "", fmt.Errorf("the partition key of %s is not known", table)
}
