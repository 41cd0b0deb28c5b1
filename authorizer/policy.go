package main

import "encoding/json"

// policy is the output of a Lambda authorizer
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
type policy struct {
	PrincipalID    string            `json:"principalId"`
	PolicyDocument policyDocument    `json:"policyDocument"`
	Context        map[string]string `json:"context"` // API Gateway answers 500 to a list or a map in it
}

type policyDocument struct {
	Version   string
	Statement []statement
}

type statement struct {
	Action, Effect, Resource string
}

// policyFor is one statement about all of a stage.
func policyFor(principalID, effect, stage string, context map[string]string) ([]byte, error) {
	return json.Marshal(policy{
		PrincipalID: principalID,
		PolicyDocument: policyDocument{
			Version: "2012-10-17", Statement: []statement{{Action: "execute-api:Invoke", Effect: effect,
				Resource: stage}},
		},
		Context: context,
	})
}
