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
	"os"
	"runtime"
	"runtime/debug"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	// One request at a time, on the seventh of a processor that comes with 256 MB: threads that hand goroutines to each
	// other would cost more than they bring, and the heap may grow to 16 MB before it is collected instead of 4.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(400)

	r := env.New(os.LookupEnv)
	authorizer, err := fromEnv(r, dynamo.FromEnv(r), os.Stdout)
	env.ExitOn(err)
	lambda.Start(authorizer)
}
