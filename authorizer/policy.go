package main

import "fmt"

// policy is the output of a Lambda authorizer
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
func policy(principalID, effect, resource string, context map[string]any) ([]byte, error) {
	out := append(make(object, 0, 1024), '{').text("principalId", principalID)
	out = append(out, `,"policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke"`...)
	out = out.text("Effect", effect).text("Resource", resource)
	out = append(out, `}]},"context":{`...)
	for name, value := range context {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("%s in the context is not a string", name) // API Gateway would answer 500
		}
		out = out.text(name, text)
	}
	return append(out, `}}`...), nil
}
