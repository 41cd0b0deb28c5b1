package main

import (
	"maps"
	"path/filepath"

	"drawbridge/local/keeper"
	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/template"
)

// newBuilder builds the template's functions into the checkout's cache.
func newBuilder(o options, stack *template.Stack, cache string, k *keeper.Keeper, c *console) (*gobuild.Builder, error) {
	packages := map[string]string{}
	for _, f := range stack.Functions {
		packages[f.Name] = f.CodeURI
	}
	return gobuild.New(gobuild.Config{
		Root: o.root(), Out: filepath.Join(cache, "functions"), Packages: packages, Report: c.rebuilt, Keeper: k,
	})
}

// newFunctions runs the template's functions. tables is where each of them, by name, finds DynamoDB: it is the one
// variable that AWS would not set.
func newFunctions(
	stack *template.Stack, binaries lambda.Binaries, tables map[string]string, k *keeper.Keeper,
	log func(lambda.Line), failed func(lambda.Failure),
) (*lambda.Host, error) {
	var functions []lambda.Function
	for _, f := range stack.Functions {
		environment := maps.Clone(f.Environment)
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = tables[f.Name]
		functions = append(functions, lambda.Function{
			Name: f.Name, Handler: f.Handler, Timeout: f.Timeout, MemoryMB: f.MemoryMB,
			Concurrency: f.ReservedConcurrency, Tries: f.Tries, Environment: environment,
		})
	}
	return lambda.NewHost(lambda.Config{
		Functions: functions, Binaries: binaries, Region: stack.Region, AccountID: stack.AccountID,
		Log: log, Failed: failed, Keeper: k,
	})
}

// audience is the API's identifier, as the functions that verify tokens are told it.
func audience(stack *template.Stack) string {
	for _, f := range stack.Functions {
		if value := f.Environment["TOKEN_AUDIENCE"]; value != "" {
			return value
		}
	}
	return ""
}
