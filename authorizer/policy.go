package main

import (
	"encoding/json"
	"fmt"
)

// policy is the output of a Lambda authorizer
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html). It is put
// together by hand: a policy has one form, and encoding/json takes a tenth of an RSA check to find that out anew.
func policy(principalID, effect, resource string, context map[string]any) ([]byte, error) {
	out := make([]byte, 0, 1024)
	out = append(out, `{"principalId":`...)
	out = appendText(out, principalID)
	out = append(out, `,"policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":`...)
	out = appendText(out, effect)
	out = append(out, `,"Resource":`...)
	out = appendText(out, resource)
	out = append(out, `}]},"context":{`...)
	separator := ""
	for name, value := range context {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("%s in the context is not a string", name) // API Gateway would answer 500
		}
		out = append(out, separator...)
		out = appendText(out, name)
		out = append(out, ':')
		out = appendText(out, text)
		separator = ","
	}
	return append(out, `}}`...), nil
}

// appendText appends text as a JSON string.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // never fails for a string
			return append(out, quoted...)
		}
	}
	out = append(out, '"')
	out = append(out, text...)
	return append(out, '"')
}
