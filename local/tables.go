package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
)

// createTables makes every table of the template that the engine does not have yet.
func createTables(ctx context.Context, endpoint string, stack *template.Stack) error {
	client := dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: endpoint,
		// The functions' own: an engine may keep tables apart by them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
	return engine.CreateTables(ctx, client, stack.Tables)
}
