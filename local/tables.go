package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/local/engine"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
)

// openTables returns a client of the engine in which every table of the template is there.
func openTables(ctx context.Context, endpoint string, stack *template.Stack) (*dynamodb.Client, error) {
	client := dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: endpoint,
		// The functions' own: an engine may keep tables apart by them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
	return client, engine.CreateTables(ctx, client, stack.Tables)
}
