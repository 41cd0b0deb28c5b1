package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/local/console"
	"drawbridge/local/contract"
	"drawbridge/local/gateway"
	"drawbridge/local/invokeapi"
	"drawbridge/local/loopback"
	"drawbridge/local/template"
)

// openAPI lets requests in to the API, to Lambda's Invoke API and to the console.
func (r *runner) openAPI() error {
	stack := r.stack
	api, err := gateway.New(gateway.Config{
		Stack: stack, Invoker: r.console.Keep(r.functions), Observers: []gateway.Observer{printing{r.console, r.terminal}},
		Unthrottled: r.options.unthrottled,
	})
	if err != nil {
		return err
	}
	r.terminal.printf("  ✓ routes: %d, without an authorizer: %s", len(stack.Routes), strings.Join(public(stack), ", "))
	if r.options.unthrottled {
		r.terminal.printf("  The rates and bursts of the template are not kept (--unthrottled).")
	}
	var names []string
	for _, f := range stack.Functions {
		names = append(names, f.Name)
	}
	invocations := invokeapi.New(invokeapi.Config{
		Host: r.functions, Functions: names, Region: stack.Region, AccountID: stack.AccountID,
	})
	served, err := r.describe(api, func(api http.Handler) http.Handler {
		page := loopback.Guard(r.options.apiPort(), loopback.Pages{Own: true}, r.console)
		programs := loopback.Guard(r.options.apiPort(), loopback.Programs, invocations)
		return beside(console.Root, page, r.duringData(beside(invokeapi.Prefix, programs, api)))
	})
	if err != nil {
		return err
	}
	r.api.let(served)
	return nil
}

// printing is the console, and prints a line of each request.
type printing struct {
	*console.Console
	terminal *terminal
}

// Observe is part of gateway.Observer.
func (p printing) Observe(e gateway.Exchange) {
	p.Console.Observe(e)
	p.terminal.printf("%s", e.Line())
}

// beside gives a path and all below it to one handler, and every other path to the next. The paths used here hide no
// route of a template: one is the Invoke API's, which has a host name of its own on AWS, the other the runner's.
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
		if origin := route.Preflight["Access-Control-Allow-Origin"]; !slices.Contains(origins, origin) {
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

// describe checks the API's answers against the openapi.yaml beside the template, and serves that document. Without
// one, it changes nothing.
func (r *runner) describe(api http.Handler, beside func(http.Handler) http.Handler) (http.Handler, error) {
	text, err := os.ReadFile(filepath.Join(r.options.root(), "openapi.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return beside(api), nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to read openapi.yaml: %w", err)
	}
	document, err := contract.Parse(text)
	if err != nil {
		return nil, err
	}
	checked := document.Check(api, func(v contract.Violation) { r.terminal.printf("  CONTRACT: %s", v) })
	return document.Pages(text, beside(checked))
}

// observe makes the console. The gateway and the proxies of the tables report to it.
func (r *runner) observe() (err error) {
	c := console.Config{Reset: r.reset}
	if r.tenant != nil {
		c.Tenant = r.tenant.issuer
	}
	if r.console, err = console.New(c); err != nil {
		return err
	}
	r.closing(r.console.Close) // before the port, which its streams would keep open
	return nil
}

// consoleURL is where the console is.
func (o options) consoleURL() string { return o.apiURL() + console.Root }
