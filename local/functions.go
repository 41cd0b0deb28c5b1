package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/reaper"
	"drawbridge/local/template"
)

func (r *runner) buildFunctions(ctx context.Context, stack *template.Stack) (err error) {
	stack = r.options.running(stack)
	if r.builder, err = newBuilder(r.options, stack, r.cache, r.reaper, r.terminal); err != nil {
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
		return fmt.Sprintf("%d", len(stack.Functions)), nil
	})
}

// running is the stack with the functions that run here: all for the API; for the tables alone, the admin function,
// which fills them.
func (o options) running(stack *template.Stack) *template.Stack {
	if o.parts[apiPart] {
		return stack
	}
	few := *stack
	few.Functions = nil
	if admin, ok := stack.Function(adminFunction); ok {
		few.Functions = []template.Function{admin}
	}
	return &few
}

// startFunctions makes the functions ready to be invoked. Each sees the tables that its policies allow.
func (r *runner) startFunctions(stack *template.Stack) (*lambda.Host, error) {
	if err := r.observe(); err != nil {
		return nil, err
	}
	tables, err := r.guardTables(stack)
	if err != nil {
		return nil, err
	}
	functions, err := newFunctions(stack, r.builder, tables, r.reaper, r.functionLine, r.eventFailed)
	if err != nil {
		return nil, err
	}
	r.closing(func() { functions.Close() })
	return functions, nil
}

// newBuilder builds the template's functions into the checkout's cache.
func newBuilder(
	o options, stack *template.Stack, cache string, k *reaper.Reaper, c *terminal,
) (*gobuild.Builder, error) {
	packages := map[string]string{}
	for _, f := range stack.Functions {
		packages[f.Name] = f.CodeURI
	}
	return gobuild.New(gobuild.Config{
		Root: o.root(), Out: filepath.Join(cache, "functions"), Packages: packages, Report: c.rebuilt, Reaper: k,
	})
}

// newFunctions runs the template's functions. tables has DynamoDB's address for each function, by name: the one
// variable that AWS would not set.
func newFunctions(
	stack *template.Stack, binaries lambda.Binaries, tables map[string]string, k *reaper.Reaper,
	log func(lambda.Line), failed func(lambda.Failure),
) (*lambda.Host, error) {
	var functions []lambda.Function
	for _, f := range stack.Functions {
		environment := maps.Clone(f.Environment)
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = tables[f.Name]
		functions = append(functions, lambda.Function{
			Name: f.Name, Timeout: f.Timeout, MemoryMB: f.MemoryMB,
			Concurrency: f.ReservedConcurrency, Tries: f.Tries, Environment: environment,
		})
	}
	return lambda.NewHost(lambda.Config{
		Functions: functions, Binaries: binaries, Region: stack.Region, AccountID: stack.AccountID,
		Log: log, Failed: failed, Reaper: k,
	})
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
