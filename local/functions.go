package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/template"
)

// buildFunctions builds the functions into the checkout's cache.
func (r *runner) buildFunctions(ctx context.Context) (err error) {
	packages := map[string]string{}
	for _, f := range r.options.running(r.stack) {
		packages[f.Name] = f.CodeURI
	}
	if r.builder, err = gobuild.New(gobuild.Config{
		Root: r.options.root(), Out: filepath.Join(r.cache, "functions"), Packages: packages,
		Report: r.terminal.rebuilt, Reaper: r.reaper,
	}); err != nil {
		return err
	}
	return r.terminal.step("functions", func() (string, error) {
		if err := r.builder.BuildAll(ctx); err != nil {
			if ctx.Err() != nil {
				return "", err
			}
			r.terminal.printf("%v", err) // the others run; this one tells each caller
			return "some do not build", nil
		}
		return fmt.Sprint(len(packages)), nil
	})
}

// running are the functions that run here: all for the API; for the tables alone, the admin function, which fills them.
func (o options) running(stack *template.Stack) []template.Function {
	if o.parts[apiPart] {
		return stack.Functions
	}
	if admin, ok := stack.Function(adminFunction); ok {
		return []template.Function{admin}
	}
	return nil
}

// startFunctions makes the functions ready to be invoked. The one variable that AWS would not set is the address of
// DynamoDB, where each sees the tables that its policies allow.
func (r *runner) startFunctions() error {
	if err := r.observe(); err != nil {
		return err
	}
	tables, err := r.guardTables()
	if err != nil {
		return err
	}
	var functions []lambda.Function
	for _, f := range r.options.running(r.stack) {
		environment := maps.Clone(f.Environment)
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = tables[f.Name]
		functions = append(functions, lambda.Function{
			Name: f.Name, Timeout: f.Timeout, MemoryMB: f.MemoryMB, Concurrency: f.ReservedConcurrency, Tries: f.Tries,
			Environment: environment,
		})
	}
	if r.functions, err = lambda.NewHost(lambda.Config{
		Functions: functions, Binaries: r.builder, Region: r.stack.Region, AccountID: r.stack.AccountID,
		Log: r.functionLine, Failed: func(f lambda.Failure) { r.terminal.printf("  %v", f) }, Reaper: r.reaper,
	}); err != nil {
		return err
	}
	r.closing(func() { r.functions.Close() })
	return nil
}

// audience is the API's identifier, which the template gives to the functions that verify tokens.
func audience(stack *template.Stack) string {
	for _, f := range stack.Functions {
		if value := f.Environment["TOKEN_AUDIENCE"]; value != "" {
			return value
		}
	}
	return ""
}
