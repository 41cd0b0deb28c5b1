package main

import "encoding/json"

// authorization is the output of a Lambda authorizer
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
type authorization struct {
	PrincipalID    string            `json:"principalId"`
	PolicyDocument policyDocument    `json:"policyDocument"`
	Context        map[string]string `json:"context"` // a list or an object in it would be answered with status 500
}

type policyDocument struct {
	Version   string
	Statement []statement
}

type statement struct {
	Action, Effect, Resource string
}

// policy allows or denies all of a stage.
func policy(principalID, effect, stage string, context map[string]string) ([]byte, error) {
	invoke := statement{Action: "execute-api:Invoke", Effect: effect, Resource: stage}
	return json.Marshal(authorization{
		PrincipalID:    principalID,
		PolicyDocument: policyDocument{Version: "2012-10-17", Statement: []statement{invoke}},
		Context:        context,
	})
}
