package main

import "encoding/json"

// authorization is the output of a Lambda authorizer
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
type authorization struct {
	PrincipalID    string         `json:"principalId"`
	PolicyDocument policyDocument `json:"policyDocument"`
	Context        any            `json:"context"` // access.Context or refused; API Gateway takes no list in it
}

type policyDocument struct {
	Version   string
	Statement []statement
}

type statement struct {
	Action, Effect, Resource string
}

// refused is the context of a Deny.
type refused struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	Challenge   string `json:"challenge,omitempty"`
	Nonce       string `json:"dpop_nonce,omitempty"`
}

// policy allows or denies all of a stage.
func policy(principalID, effect, stage string, context any) ([]byte, error) {
	invoke := statement{Action: "execute-api:Invoke", Effect: effect, Resource: stage}
	return json.Marshal(authorization{
		PrincipalID:    principalID,
		PolicyDocument: policyDocument{Version: "2012-10-17", Statement: []statement{invoke}},
		Context:        context,
	})
}
