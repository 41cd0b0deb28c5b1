// Command authorizer is the REQUEST authorizer of the API: it turns an Authorization header into an IAM policy and
// the context that the functions read.
//
//	no Authorization, or of another scheme   error "Unauthorized"   401 with a bare challenge
//	a bearer token that is not good          explicit Deny          401 with error and error_description
//	one that is                              Allow for the stage    the function runs
//	keys or sessions are out of reach        any other error        503 with Retry-After
//
// With AuthorizerCacheSeconds above 0 API Gateway caches Allow and Deny, and no error. Then a token that will be good
// soon, since it is early or its key is not published yet, gets the error "Unauthorized".
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
