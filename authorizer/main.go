// Command authorizer is the REQUEST authorizer of the API: it turns an Authorization header into an IAM policy and
// the context that the functions read.
//
//	header missing                          error "Unauthorized"   401, a bare challenge
//	not a bearer token, or not a good one   explicit Deny          401 with error and error_description
//	good                                    Allow for the stage    the function runs
//	keys or sessions cannot be had          any other error        503, never cached
//
// A Deny is cached by API Gateway as an Allow is, an error is not: so what may pass in a moment must be an error.
package main

import (
	"log/slog"
	"os"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	client, err := dynamo.FromEnv(os.LookupEnv)
	if err != nil {
		env.Exit(err)
	}
	authorizer, err := fromEnv(env.New(os.LookupEnv), client, slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if err != nil {
		env.Exit(err)
	}
	lambda.Start(authorizer)
}
