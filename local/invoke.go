package main

import (
	"net/http"
	"slices"
	"strings"

	"drawbridge/local/gateway"
	"drawbridge/local/invokeapi"
	"drawbridge/local/lambda"
	"drawbridge/local/loopback"
	"drawbridge/local/observatory"
	"drawbridge/local/template"
)

// running is the stack with the functions that run here: all of them for the API; for the tables alone, the one that
// fills them.
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

// startFunctions makes the functions ready to be invoked, each with the tables that its policies let it see.
func (r *Runner) startFunctions(stack *template.Stack) (*lambda.Host, error) {
	if err := r.observe(); err != nil {
		return nil, err
	}
	tables, err := r.guardTables(stack)
	if err != nil {
		return nil, err
	}
	functions, err := newFunctions(stack, r.builder, tables, r.keeper, r.functionLine, r.eventFailed)
	if err != nil {
		return nil, err
	}
	r.closing(func() { functions.Close() })
	return functions, nil
}

// openAPI lets requests in to the API, and to Lambda's own API and the console beside it.
func (r *Runner) openAPI(stack *template.Stack, functions *lambda.Host) error {
	api, err := gateway.New(gateway.Config{
		Stack: stack, Invoker: functions, Observers: []gateway.Observer{r.observatory, gateway.NewAccessLog(r.console)},
		Unthrottled: r.options.unthrottled,
	})
	if err != nil {
		return err
	}
	r.console.printf("  ✓ routes: %d, without an authorizer: %s", len(stack.Routes), strings.Join(public(stack), ", "))
	if r.options.unthrottled {
		r.console.printf("  The rates and bursts of the template are not kept (--unthrottled).")
	}
	var names []string
	for _, f := range stack.Functions {
		names = append(names, f.Name)
	}
	invocations, err := invokeapi.New(invokeapi.Config{
		Host: functions, Functions: names, Region: stack.Region, AccountID: stack.AccountID,
	})
	if err != nil {
		return err
	}
	served, err := r.describe(api, func(api http.Handler) http.Handler {
		console := loopback.Guard(r.options.apiPort(), loopback.Pages{Own: true}, r.observatory)
		programs := loopback.Guard(r.options.apiPort(), loopback.Programs, invocations)
		return beside(observatory.Root, console, beside(invokeapi.Prefix, programs, api))
	})
	if err != nil {
		return err
	}
	r.api.let(served)
	return nil
}

// beside gives a path and all below it to one handler, and the others to the next. No route of a template's is hidden:
// the paths are a date's, which on AWS has a host name of its own, and the runner's own.
func beside(path string, one, next http.Handler) http.Handler {
	path = strings.TrimSuffix(path, "/")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/") {
			one.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// callers are the origins whose pages the template lets call the API.
func callers(stack *template.Stack) (origins []string) {
	for _, route := range stack.Routes {
		if route.Preflight == nil {
			continue
		}
		if origin := route.Preflight.Headers["Access-Control-Allow-Origin"]; !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins
}

// public lists the routes that anybody may call, but for the preflights of browsers.
func public(stack *template.Stack) (list []string) {
	for _, route := range stack.Routes {
		if route.Authorizer == nil && route.Preflight == nil {
			list = append(list, route.Method+" "+route.Path)
		}
	}
	return list
}

// eventFailed prints that an event has come to nothing, and when it is tried again.
func (r *Runner) eventFailed(f lambda.Failure) { r.console.printf("  %v", f) }
