package gateway

import (
	"encoding/json"
	"errors"
	"fmt"

	"drawbridge/local/iam"
)

// authorizerOutput is what an authorizer returns ("Output from an API Gateway Lambda authorizer").
type authorizerOutput struct {
	principal  string
	statements []iam.Statement
	context    map[string]string
}

func parseAuthorizerOutput(payload []byte) (authorizerOutput, error) {
	var members map[string]json.RawMessage // and no struct: its names would be compared without case
	if err := json.Unmarshal(payload, &members); err != nil {
		return authorizerOutput{}, fmt.Errorf("the authorizer's output is not an object: %w", err)
	}
	var principal *string
	if err := json.Unmarshal(present(members["principalId"]), &principal); err != nil || principal == nil {
		return authorizerOutput{}, errors.New("the authorizer's output has no principalId")
	}
	statements, err := parsePolicy(present(members["policyDocument"]))
	if err != nil {
		return authorizerOutput{}, fmt.Errorf("policyDocument: %w", err)
	}
	context, err := parseContext(present(members["context"]))
	return authorizerOutput{*principal, statements, context}, err
}

// present makes null of a member that is not there.
func present(member json.RawMessage) json.RawMessage {
	if member == nil {
		return json.RawMessage("null")
	}
	return member
}

// parseContext makes strings of numbers and booleans: "You can't set a JSON object or array as a valid value of any key
// in the context map."
func parseContext(member json.RawMessage) (map[string]string, error) {
	var values map[string]any
	if err := decodeNumbers(member, &values); err != nil {
		return nil, fmt.Errorf("context is not an object: %w", err)
	}
	context := map[string]string{}
	for name, value := range values {
		text, err := textOf("context."+name, value)
		if err != nil {
			return nil, err
		}
		context[name] = text
	}
	return context, nil
}

// parsePolicy reads a policy document. What it cannot evaluate (conditions, NotAction, NotResource, an unknown effect)
// is an error: to leave it out could turn a Deny into an Allow.
func parsePolicy(document json.RawMessage) ([]iam.Statement, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return nil, err
	}
	var list oneOrMany[map[string]json.RawMessage]
	if err := json.Unmarshal(present(members["Statement"]), &list); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("no Statement")
	}
	var statements []iam.Statement
	for _, members := range list {
		s, err := parseStatement(members)
		if err != nil {
			return nil, err
		}
		statements = append(statements, s)
	}
	return statements, nil
}

func parseStatement(members map[string]json.RawMessage) (s iam.Statement, err error) {
	var effect string
	for name, value := range members {
		switch name {
		case "Sid":
			err = json.Unmarshal(value, &s.Sid)
		case "Effect":
			err = json.Unmarshal(value, &effect)
		case "Action":
			err = json.Unmarshal(value, (*oneOrMany[string])(&s.Actions))
		case "Resource":
			err = json.Unmarshal(value, (*oneOrMany[string])(&s.Resources))
		default:
			err = fmt.Errorf("%s is not understood", name)
		}
		if err != nil {
			return s, err
		}
	}
	if effect != "Allow" && effect != "Deny" || len(s.Actions) == 0 || len(s.Resources) == 0 {
		return s, errors.New("a statement needs Effect (Allow or Deny), Action and Resource")
	}
	for _, resource := range s.Resources {
		if len(resource) > resourceLimit {
			return s, fmt.Errorf("a Resource is longer than %d characters", resourceLimit)
		}
	}
	s.Deny = effect == "Deny"
	return s, nil
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
