// Command hello is the floor of the benchmarks: a Lambda function that does nothing.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

type handler struct{}

func (handler) Invoke(context.Context, []byte) ([]byte, error) { return []byte(`{}`), nil }

func main() { lambda.Start(handler{}) }
