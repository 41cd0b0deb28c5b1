// Gate lets in who shows a card.
package main

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

func handle(
	_ context.Context, request events.APIGatewayCustomAuthorizerRequestTypeRequest,
) (events.APIGatewayCustomAuthorizerResponse, error) {
	member := ""
	for name, value := range request.Headers { // over HTTP/2 the names come in small letters
		if strings.EqualFold(name, "X-Card") {
			if number, found := strings.CutPrefix(value, "member-"); found {
				member = number
			}
		}
	}
	if member == "" {
		return events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized")
	}
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: member,
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17",
			Statement: []events.IAMPolicyStatement{{
				Effect: "Allow", Action: []string{"execute-api:Invoke"}, Resource: []string{request.MethodArn},
			}},
		},
		Context: map[string]any{"member": member},
	}, nil
}
