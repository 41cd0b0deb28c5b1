package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"drawbridge/local/iam"
	"drawbridge/local/loopback"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
)

func (r *runner) startTables(ctx context.Context, stack *template.Stack) error {
	return r.terminal.step("tables", func() (note string, err error) {
		r.engine, err = engine.Start(ctx, engine.Options{
			Endpoint: r.endpoint, DBPath: r.folder.tables(), Progress: r.terminal,
		})
		if err != nil {
			return "", err
		}
		r.holdEngine()
		r.endpoint = r.engine.Endpoint
		if err := createTables(ctx, r.endpoint, stack); err != nil {
			return "", err
		}
		if r.tables != nil {
			tables, err := newTables(r.endpoint)
			if err != nil {
				return "", err
			}
			r.tables.let(tables)
		}
		return fmt.Sprintf("%d", len(stack.Tables)), nil
	})
}

// holdEngine has the engine ended with this program: by Close, or else by the reaper.
func (r *runner) holdEngine() {
	pid := r.engine.PID()
	if pid == 0 { // it is somebody else's
		return
	}
	r.reaper.Hold(pid)
	r.closing(func() {
		r.engine.Stop()
		r.reaper.Release(pid)
	})
}

// createTables makes every table of the template that the engine does not have yet.
func createTables(ctx context.Context, endpoint string, stack *template.Stack) error {
	client := dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: endpoint,
		// The functions' own: an engine may keep tables apart by them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
	return engine.CreateTables(ctx, client, stack.Tables)
}

// newTables is the engine as programs on this machine see it at the port of the tables. It takes DynamoDB's requests
// alone, and no answer says that a web page may read it.
func newTables(endpoint string) (http.Handler, error) {
	address, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("the engine's address: %w", err)
	}
	engine := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) },
		ModifyResponse: func(answer *http.Response) error {
			for name := range answer.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					answer.Header.Del(name)
				}
			}
			return nil
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("X-Amz-Target") == "" {
			http.Error(w, "this is a DynamoDB: it answers the AWS CLI and the SDKs", http.StatusBadRequest)
			return
		}
		engine.ServeHTTP(w, r)
	}), nil
}

// guardTables puts the template's policies between the functions and the engine. It returns the address under which
// each function, by its name, finds DynamoDB: an address of its own each, so that the caller is known.
func (r *runner) guardTables(stack *template.Stack) (map[string]string, error) {
	arn := func(table string) string {
		return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", stack.Region, stack.AccountID, table)
	}
	denied := func(function string, need iam.Need) {
		r.terminal.printf(
			"%s may not %s on %s: add a statement to its Policies in the template, if it should", function, need.Action,
			need.Resource,
		)
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
func (r *runner) serve(h http.Handler) (address string, err error) {
	listener, err := loopback.Listen(0)
	if err != nil {
		return "", fmt.Errorf("failed to open a port for a function's tables: %w", err)
	}
	server := loopback.Serve(listener, loopback.Programs, h)
	r.closing(func() { server.Close() })
	return "http://" + listener.Addr().String(), nil
}
