package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The condition keys that are understood.
const (
	LeadingKeys        = "dynamodb:LeadingKeys"
	EnclosingOperation = "dynamodb:EnclosingOperation"
)

// Context is what a request says of itself, by condition key. A key that the request does not have is absent.
type Context map[string][]string

// operator is the name of a condition operator, taken apart: ForAllValues:StringLikeIfExists.
type operator struct {
	set      string // ForAllValues, ForAnyValue or nothing
	test     string // StringEquals, StringLike or Null
	ifExists bool
}

func parseOperator(name string) (o operator, err error) {
	rest := name
	for _, set := range []string{"ForAllValues", "ForAnyValue"} {
		if after, is := strings.CutPrefix(rest, set+":"); is {
			o.set, rest = set, after
		}
	}
	o.test, o.ifExists = strings.CutSuffix(rest, "IfExists")
	switch {
	case o.test == "StringEquals" || o.test == "StringLike":
		return o, nil
	case o.test == "Null" && o.set == "" && !o.ifExists:
		return o, nil
	}
	return operator{}, fmt.Errorf("condition operator %s is not understood", name)
}

// CheckCondition tells what is wrong with one entry of a statement's Condition: an operator, a condition key or a value
// that is not understood, or a combination that AWS gives no meaning to.
func CheckCondition(name, key string, values []string) error {
	o, err := parseOperator(name)
	switch {
	case err != nil:
		return err
	case key != LeadingKeys && key != EnclosingOperation:
		return fmt.Errorf("condition key %s is not understood", key)
	case key == LeadingKeys && o.test != "Null" && o.set != "ForAllValues":
		return fmt.Errorf("condition key %s needs an operator that begins with ForAllValues, not %s", key, name)
	case len(values) == 0:
		return errors.New("a condition without a value")
	}
	for _, value := range values {
		if strings.Contains(value, "${") {
			return fmt.Errorf("policy variables are not understood: %s", value)
		}
		if o.test == "Null" && value != "true" && value != "false" {
			return fmt.Errorf("condition operator Null compares with true or false, not %s", value)
		}
	}
	return nil
}

// met tells whether every operator holds for every one of its keys.
func met(conditions map[string]map[string][]string, c Context) bool {
	for name, keys := range conditions {
		o, err := parseOperator(name)
		if err != nil {
			return false // NewProxy has refused it
		}
		for key, wanted := range keys {
			given, present := c[key]
			if !o.holds(given, present, wanted) {
				return false
			}
		}
	}
	return true
}

// holds compares the values that a request gives with those of the policy. A key that the request lacks makes an
// operator false, with three exceptions: Null, those that end in IfExists and, easily overlooked, ForAllValues.
func (o operator) holds(given []string, present bool, wanted []string) bool {
	match := func(value string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool {
			if o.test == "StringLike" {
				return matchesText(w, value)
			}
			return w == value
		})
	}
	differs := func(value string) bool { return !match(value) }
	switch {
	case o.test == "Null":
		return slices.Contains(wanted, fmt.Sprint(!present))
	case !present:
		return o.ifExists || o.set == "ForAllValues"
	case o.set == "ForAllValues":
		return !slices.ContainsFunc(given, differs)
	case o.set == "ForAnyValue":
		return slices.ContainsFunc(given, match)
	}
	return len(given) == 1 && match(given[0])
}
