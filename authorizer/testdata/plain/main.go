// Command plain is what the benchmarks compare with: the authorizer as one writes it with golang-jwt, keyfunc and
// aws-lambda-go's event types from their documentation.
package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/golang-jwt/jwt/v5"
)

func main() {
	keys, err := keyfunc.NewDefault([]string{os.Getenv("TOKEN_JWKS_URL")})
	if err != nil {
		panic(err)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(os.Getenv("TOKEN_ISSUER")),
		jwt.WithAudience(os.Getenv("TOKEN_AUDIENCE")), jwt.WithExpirationRequired())
	lambda.Start(func(_ context.Context,
		e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		claims := jwt.MapClaims{}
		if _, err := parser.ParseWithClaims(strings.TrimPrefix(e.Headers["Authorization"], "Bearer "), claims,
			keys.Keyfunc); err != nil {
			return events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized")
		}
		subject, _ := claims["sub"].(string)
		return events.APIGatewayCustomAuthorizerResponse{
			PrincipalID: subject,
			PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{Version: "2012-10-17",
				Statement: []events.IAMPolicyStatement{
					{Action: []string{"execute-api:Invoke"}, Effect: "Allow", Resource: []string{e.MethodArn}},
				}},
			Context: map[string]any{"scope": claims["scope"], "sub": subject},
		}, nil
	})
}
