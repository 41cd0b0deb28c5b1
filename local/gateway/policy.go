package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// policy is the IAM policy of an authorizer's answer.
type policy struct {
	statements []statement
}

type statement struct {
	allow              bool
	actions, resources []string
}

// effect of a policy on one method.
type effect int

const (
	implicitDeny effect = iota // no statement matches
	explicitDeny               // a Deny matches, whatever else does
	allowed
)

// parsePolicy reads a policy document. What it cannot evaluate (conditions,
// NotAction, NotResource, an unknown effect) is an error: to leave it out could
// turn a Deny into an Allow.
func parsePolicy(document json.RawMessage) (policy, error) {
	var p struct {
		Statement oneOrMany[map[string]json.RawMessage]
	}
	if err := json.Unmarshal(document, &p); err != nil {
		return policy{}, fmt.Errorf("policyDocument: %w", err)
	}
	if len(p.Statement) == 0 {
		return policy{}, errors.New("policyDocument has no Statement")
	}
	var result policy
	for _, members := range p.Statement {
		var s statement
		var effect string
		for name, value := range members {
			var err error
			switch name {
			case "Sid":
			case "Effect":
				err = json.Unmarshal(value, &effect)
			case "Action":
				err = json.Unmarshal(value, (*oneOrMany[string])(&s.actions))
			case "Resource":
				err = json.Unmarshal(value, (*oneOrMany[string])(&s.resources))
			default:
				err = fmt.Errorf("%s is not understood", name)
			}
			if err != nil {
				return policy{}, fmt.Errorf("policyDocument: %w", err)
			}
		}
		if effect != "Allow" && effect != "Deny" || len(s.actions) == 0 || len(s.resources) == 0 {
			return policy{}, errors.New("policyDocument: a statement needs Effect (Allow or Deny), Action and Resource")
		}
		for _, resource := range s.resources {
			if len(resource) > resourceLimit {
				return policy{}, errors.New("policyDocument: a Resource is longer than 512 characters")
			}
		}
		s.allow = effect == "Allow"
		result.statements = append(result.statements, s)
	}
	return result, nil
}

// evaluate decides as IAM does: an explicit deny wins, then an allow, and
// without either the answer is no.
func (p policy) evaluate(arn string) effect {
	result := implicitDeny
	for _, s := range p.statements {
		if !matchesAny(s.actions, "execute-api:Invoke", wildcardFold) || !matchesAny(s.resources, arn, wildcardARN) {
			continue
		}
		if !s.allow {
			return explicitDeny
		}
		result = allowed
	}
	return result
}

func matchesAny(patterns []string, value string, match func(pattern, value string) bool) bool {
	for _, pattern := range patterns {
		if match(pattern, value) {
			return true
		}
	}
	return false
}

// wildcardFold compares actions, whose names are not case-sensitive in IAM.
func wildcardFold(pattern, value string) bool {
	return wildcard(strings.ToLower(pattern), strings.ToLower(value))
}

// wildcardARN compares ARNs: a wildcard does not reach over the colons between
// the parts of an ARN, save that "*" alone is every resource.
func wildcardARN(pattern, arn string) bool {
	if pattern == "*" {
		return true
	}
	want, have := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if !wildcard(want[i], have[i]) {
			return false
		}
	}
	return true
}

// wildcard matches * (any characters, slashes too) and ? (one character).
func wildcard(pattern, value string) bool {
	star, mark := -1, 0
	p, v := 0, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, v
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == value[v]):
			p++
			v++
		case star >= 0: // let the last star take one character more
			mark++
			p, v = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// oneOrMany is a list, or one element that stands without its brackets.
type oneOrMany[T any] []T

func (list *oneOrMany[T]) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]T)(list))
	}
	var one T
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*list = []T{one}
	return nil
}
