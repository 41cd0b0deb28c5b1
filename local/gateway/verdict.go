package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// verdict is an authorizer's answer ("Output from an API Gateway Lambda authorizer").
type verdict struct {
	principal string
	policy    policy
	context   map[string]string
}

func parseVerdict(payload []byte) (verdict, error) {
	var output struct {
		PrincipalID    *string         `json:"principalId"`
		PolicyDocument json.RawMessage `json:"policyDocument"`
		Context        map[string]any  `json:"context"`
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&output); err != nil {
		return verdict{}, fmt.Errorf("the authorizer's answer is not what one is: %w", err)
	}
	if output.PrincipalID == nil {
		return verdict{}, errors.New("the authorizer's answer has no principalId")
	}
	if output.PolicyDocument == nil {
		return verdict{}, errors.New("the authorizer's answer has no policyDocument")
	}
	p, err := parsePolicy(output.PolicyDocument)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{principal: *output.PrincipalID, policy: p, context: map[string]string{}}
	for name, value := range output.Context {
		// "You can't set a JSON object or array as a valid value of any key in the context map."
		switch value := value.(type) {
		case string:
			v.context[name] = value
		case json.Number:
			v.context[name] = value.String()
		case bool:
			v.context[name] = strconv.FormatBool(value)
		default:
			return verdict{}, fmt.Errorf("context.%s is neither a string nor a number nor a boolean", name)
		}
	}
	return v, nil
}
