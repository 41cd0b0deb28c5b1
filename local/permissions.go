package main

import (
	"fmt"
	"net/http"

	"drawbridge/local/iam"
	"drawbridge/local/loopback"
	"drawbridge/local/template"
)

// guardTables puts the template's policies between the functions and the engine. It returns the address under which
// each function, by its name, finds DynamoDB: an address of its own each, so that the caller is known.
func (r *Runner) guardTables(stack *template.Stack) (map[string]string, error) {
	arn := func(table string) string {
		return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", stack.Region, stack.AccountID, table)
	}
	denied := func(function string, need iam.Need) {
		r.console.printf("%s may not %s on %s: add a statement to its Policies in the template, if it should", function, need.Action, need.Resource)
	}
	addresses := map[string]string{}
	for _, f := range stack.Functions {
		proxy, err := iam.NewProxy(iam.Config{
			Engine: r.endpoint, Function: f.Name, Statements: f.Policies, ARN: arn, Denied: denied, Done: r.observatory.Operate,
		})
		if err != nil {
			return nil, err
		}
		if addresses[f.Name], err = r.serve(proxy); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

// serve answers by h on a free port until the runner ends.
func (r *Runner) serve(h http.Handler) (address string, err error) {
	listener, err := loopback.Listen(0)
	if err != nil {
		return "", fmt.Errorf("failed to open a port for a function's tables: %w", err)
	}
	server := loopback.Serve(listener, loopback.Programs, h)
	r.closing(func() { server.Close() })
	return "http://" + listener.Addr().String(), nil
}
